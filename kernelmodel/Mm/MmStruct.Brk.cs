using KernelModel.Mapping;

namespace KernelModel.Mm;

internal sealed partial class MmStruct
{
    /// <summary>Where the heap starts, in bytes.</summary>
    public const ulong HeapStart = 0x5555_5600_0000;

    /// <summary>The end of the heap, in bytes, exclusive.</summary>
    public ulong Break { get; private set; } = HeapStart;

    /// <summary>brk(2).</summary>
    /// <param name="end">The new end of the heap; what is below its start asks for the current one.</param>
    /// <returns>The end of the heap afterwards: unchanged when the call could not be met.</returns>
    public ulong Brk(ulong end)
    {
        if (end < HeapStart)
            return Break;
        ulong old = PageAlign(Break);
        ulong wanted = PageAlign(end);
        if (wanted < old && Munmap(wanted, old - wanted) < 0)
            return Break;
        if (wanted > old && !GrowHeap(old, wanted))
            return Break;
        Break = end;
        return end;
    }

    // mm/mmap.c: do_brk_flags.
    private bool GrowHeap(ulong old, ulong wanted)
    {
        const VmFlags Heap = VmFlags.Read | VmFlags.Write | VmFlags.MayRead | VmFlags.MayWrite | VmFlags.MayExec;
        VmFlags flags = Heap | DefaultFlags;
        if (wanted > TaskSize || FirstIn(old, wanted + Page) is not null || !LockFutureOk(flags, wanted - old))
            return false;
        if (MmapRegion(old, wanted - old, flags, null, old >> PageSize.Shift, "[heap]") < 0)
            return false;
        if ((flags & VmFlags.Locked) != 0)
            PopulateRange(old, wanted - old, ignoreErrors: true);
        return true;
    }
}
