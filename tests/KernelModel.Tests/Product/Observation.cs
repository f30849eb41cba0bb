using System.Runtime.CompilerServices;
using KernelModel.Mapping;
using KernelModel.Mm;

namespace KernelModel.Tests.Product;

internal enum SeenAs
{
    Unmapped,

    /// <summary>Nothing there, or the page of zeros.</summary>
    Hole,

    /// <summary>A page of the task's own, in memory or in swap.</summary>
    Own,

    /// <summary>What the file holds.</summary>
    File,

    BeyondEnd,
    Guard,
    Purged,
    Special,
}

/// <summary>One page of a task as the structures of the model have it, found without touching it.</summary>
/// <param name="As">What is there.</param>
/// <param name="Value">The number in it.</param>
/// <param name="Physical">The frame, or the slot negated: equal for pages that are one.</param>
/// <param name="ForArea">A record for vrange(2).</param>
/// <param name="ForRange">A record of a range.</param>
internal readonly record struct Observation(SeenAs As, long Value = 0, int Physical = 0, bool ForArea = false, bool ForRange = false)
{
    public const long Torn = -1;

    public static unsafe Observation Of(Kernel kernel, VmArea? vma, ulong address)
    {
        if (vma is null)
            return new Observation(SeenAs.Unmapped);
        if (vma.Device is not null)
            return new Observation(SeenAs.Special);
        ulong pte = vma.Mm.PageTable.Get(address);
        bool forArea = Pte.IsPurgedForArea(pte);
        bool forRange = Pte.IsPurgedForRange(pte);
        if (Pte.IsGuard(pte))
            return new Observation(SeenAs.Guard, ForArea: forArea, ForRange: forRange);
        if (Pte.IsPurged(pte))
            return new Observation(SeenAs.Purged, ForArea: forArea, ForRange: forRange);
        if (Pte.IsSwap(pte))
            return InSwap(kernel, Pte.Slot(pte));
        if (Pte.IsPresent(pte))
        {
            int pfn = Pte.Pfn(pte);
            ref Page page = ref kernel.Pages[pfn];
            return pfn == MemMap.ZeroPage ? new Observation(SeenAs.Hole)
                : new Observation(page.Has(PageFlags.Anon) ? SeenAs.Own : SeenAs.File, Number(page.Frame), pfn);
        }

        if (vma.File is not { } file)
            return new Observation(SeenAs.Hole);
        ulong index = vma.IndexOf(address);
        return file.Mapping.IsBeyondEnd(index)
            ? new Observation(SeenAs.BeyondEnd)
            : new Observation(SeenAs.File, OfFile(kernel, file.Mapping, index));
    }

    /// <summary>The number in a page of a file, in memory, in swap or in its store.</summary>
    public static long OfFile(Kernel kernel, PageCache cache, ulong index)
    {
        int pfn = cache.Find(index);
        if (pfn != 0)
            return Number(kernel.Pages[pfn].Frame);
        int slot = cache.FindSlot(index);
        return slot != 0 ? InSwap(kernel, slot).Value
            : cache is MountFile { Space.Store: { } store } ? OfStore(store, index)
            : 0;
    }

    public static unsafe long OfStore(IBackingStore store, ulong index)
    {
        byte[] bytes = new byte[PageSize.Bytes];
        store.Read(PageSize.OffsetOf(index), bytes);
        fixed (byte* first = bytes)
            return Number((nint)first);
    }

    /// <summary>A page that holds a number, at both of its ends.</summary>
    public static byte[] PageOf(long number)
    {
        byte[] bytes = new byte[PageSize.Bytes];
        Unsafe.WriteUnaligned(ref bytes[0], number);
        Unsafe.WriteUnaligned(ref bytes[^8], number);
        return bytes;
    }

    private static Observation InSwap(Kernel kernel, int slot)
    {
        int cached = kernel.Swap!.Cached(slot);
        return cached != 0
            ? new Observation(SeenAs.Own, Number(kernel.Pages[cached].Frame), cached)
            : new Observation(SeenAs.Own, Number(kernel.Swap.Data(slot)), -slot);
    }

    private static unsafe long Number(nint frame)
    {
        if (frame == 0)
            return 0;
        long number = *(long*)frame;
        return number == *(long*)(frame + PageSize.Bytes - 8) ? number : Torn;
    }
}
