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
    /// R21: drops a page if every task that has it, mapped or in swap, has it volatile, and none locked or pinned. Markers
    /// take its place.
    /// </summary>
    internal bool PurgeIfVolatile(int pfn)
    {
        ref Page page = ref kernel.Pages[pfn];
        if (pfn == MemMap.ZeroPage || !page.Has(PageFlags.Anon) || page.Has(PageFlags.Locked) || page.MlockCount > 0 || page.MapCount == 0)
            return false;

        int slot = page.Has(PageFlags.SwapCache) && kernel.Swap!.MapCount(page.SwapSlot) > 0 ? page.SwapSlot : 0;
        if (slot == 0)
            kernel.Rmap.Walk(pfn, _purgeMap);
        else
            Rmap.WalkEntries(kernel.Rmap.AnonVmaOf(page), page.Index, pfn, slot, _purgeMap);
        return PurgeCollected(pfn, slot);
    }

    /// <summary>R33a: a page of a file goes if it is volatile there. Only for who may write the file: it is a hole punch.</summary>
    internal bool PurgeFilePage(int pfn)
    {
        ref Page page = ref kernel.Pages[pfn];
        return page.Has(PageFlags.PageCache) && kernel.Files.Of(page).PurgePage(page.Index);
    }

    /// <summary>R29: as <see cref="PurgeIfVolatile"/> for an entry in swap; its slot is freed without I/O.</summary>
    internal bool PurgeSwapped(VmArea vma, ulong address, int slot)
    {
        int pfn = kernel.Swap!.Cached(slot);
        if (pfn != 0 && (kernel.Pages[pfn].Has(PageFlags.Locked) || kernel.Pages[pfn].MlockCount > 0))
            return false;
        _purgeMap.Clear();
        if (kernel.Swap.MapCount(slot) == 1 && (pfn == 0 || kernel.Pages[pfn].MapCount == 0))
            _purgeMap.Add((vma, address));
        else if (vma.AnonVma is { } anonVma)
            Rmap.WalkEntries(anonVma, vma.IndexOf(address), pfn, slot, _purgeMap);
        return PurgeCollected(pfn, slot);
    }

    // What _purgeMap has found is purged if it is all there is.
    private bool PurgeCollected(int pfn, int slot)
    {
        int entries = (pfn != 0 ? kernel.Pages[pfn].MapCount : 0) + (slot != 0 ? kernel.Swap!.MapCount(slot) : 0);
        if (_purgeMap.Count != entries)
            return false;
        foreach ((VmArea vma, ulong address) in _purgeMap)
        {
            if (vma.IsUnevictable || !vma.Mm.IsVolatile(vma, address))
                return false;
        }

        foreach ((VmArea vma, ulong address) in _purgeMap)
        {
            bool swapped = Pte.IsSwap(vma.Mm.PageTable.Get(address));
            vma.Mm.PageTable.Set(address, Pte.None);
            if (swapped)
            {
                vma.Mm.CountSwap(-1);
                kernel.Swap!.Release(slot);
            }
            else
            {
                kernel.Rmap.Remove(vma, pfn);
            }

            vma.Mm.MarkPurged(vma, address);
        }

        if (pfn != 0)
            kernel.PutPage(pfn);
        return true;
    }
}
