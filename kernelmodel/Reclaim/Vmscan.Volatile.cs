using KernelModel.Mm;
using KernelModel.Vrange;

namespace KernelModel.Reclaim;

internal sealed partial class Vmscan
{
    private readonly List<(VmArea Vma, ulong Address)> _purgeMap = [];

    // Pages looked at since the last RetrySpared.
    private long _scanned;

    /// <summary>
    /// The pages that may simply go: ranges oldest first, then volatile areas, with what they have in swap (R28, R29).
    /// </summary>
    private void DiscardVolatile(ref ScanControl control)
    {
        // What was kept is asked again when the lists have gone around once: so all of it costs no more than they do.
        if (_scanned > kernel.Lru.Total)
            RetrySpared();
        control.Spares = true;
        kernel.Ranges.Discard(ref control);
        kernel.VolatileAreas.Discard(ref control);
    }

    /// <summary>A second pass when nothing else is left. It takes also what private mappings show (R13).</summary>
    private void DiscardShown(ref ScanControl control)
    {
        RetrySpared();
        control.Spares = false;
        control.TakesShown = true;
        kernel.Ranges.Discard(ref control);
        kernel.VolatileAreas.Discard(ref control);
    }

    private void RetrySpared()
    {
        _scanned = 0;
        kernel.Ranges.RetrySpared();
        kernel.VolatileAreas.RetrySpared();
    }

    /// <summary>
    /// R21: drops a page if every mapping of it is volatile and none is locked or pinned. Markers take its place.
    /// </summary>
    internal bool PurgeIfVolatile(int pfn)
    {
        ref Page page = ref kernel.Pages[pfn];
        if (pfn == MemMap.ZeroPage || !page.Has(PageFlags.Anon) || page.Has(PageFlags.Locked) || page.MlockCount > 0 || page.MapCount == 0)
            return false;

        // Another task's entry in swap may refer to the same contents.
        if (page.Has(PageFlags.SwapCache) && kernel.Swap!.MapCount(page.SwapSlot) > 0)
            return false;
        kernel.Rmap.Walk(pfn, _purgeMap);
        if (_purgeMap.Count != page.MapCount)
            return false;
        foreach ((VmArea vma, ulong address) in _purgeMap)
        {
            if (!vma.Mm.IsVolatile(vma, address))
                return false;
        }

        foreach ((VmArea vma, ulong address) in _purgeMap)
        {
            vma.Mm.PageTable.Set(address, Pte.None);
            kernel.Rmap.Remove(vma, pfn);
            vma.Mm.MarkPurged(vma, address);
        }

        kernel.PutPage(pfn);
        return true;
    }
}
