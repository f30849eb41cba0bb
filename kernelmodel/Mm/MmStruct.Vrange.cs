namespace KernelModel.Mm;

public sealed partial class MmStruct
{
    /// <summary>Purged markers in the page table (R26).</summary>
    public long PurgedMarkers { get; private set; }

    private static bool IsVolatile(VmArea vma, ulong address) => (vma.Flags & VmFlags.Volatile) != 0 && vma.Contains(address);

    private void ForgetPurged(ulong address)
    {
        PageTable.Set(address, Pte.None);
        PurgedMarkers--;
    }

    private static long CountVolatile(VmArea vma) => (vma.Flags & VmFlags.Volatile) != 0 ? (long)vma.Pages : 0;

    private static void OnUnmapped(ulong start, ulong end)
    {
    }

    private static void MoveRanges(ulong source, ulong target, ulong length)
    {
    }

    private static void InheritRanges(MmStruct parent)
    {
    }

    private static void DropRanges()
    {
    }
}
