using KernelModel.Mm;
using KernelModel.Tasks;
using KernelModel.Vrange;

namespace KernelModel.Reclaim;

internal sealed partial class Vmscan
{
    private readonly List<(VmArea Vma, ulong Address)> _purgeMap = [];

    /// <summary>Whether vrange(2) ever marked anything: else no list need be searched.</summary>
    internal bool HasVolatileAreas { get; set; }

    /// <summary>
    /// The pages that may simply go: ranges oldest first, then the pages of volatile areas from the cold ends of the LRU
    /// (R28), then what such areas have in swap (R29).
    /// </summary>
    private void DiscardVolatile(ref ScanControl control)
    {
        kernel.Ranges.Discard(ref control);
        if (!HasVolatileAreas)
            return;
        foreach (LruList list in (ReadOnlySpan<LruList>)[LruList.InactiveAnon, LruList.ActiveAnon, LruList.InactiveFile])
        {
            int pfn = kernel.Lru.Tail(list);
            while (pfn >= 0 && control.ToReclaim > 0)
            {
                int next = kernel.Lru.Warmer(pfn);
                if (PurgeVictim(pfn, control.Direct))
                    control.ToReclaim--;
                pfn = next;
            }
        }

        foreach (TaskStruct task in kernel.Tasks.All)
        {
            if (control.ToReclaim > 0 && task.Mm is { SwapEntries: > 0 } mm)
                PurgeAreas(mm, ref control);
        }
    }

    /// <summary>A second pass over the ranges when nothing else is left: it takes what private mappings show (R13).</summary>
    private void DiscardShown(ref ScanControl control)
    {
        control.TakesShown = true;
        kernel.Ranges.Discard(ref control);
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

    private void PurgeAreas(MmStruct mm, ref ScanControl control)
    {
        foreach (VmArea vma in mm.Areas)
        {
            if ((vma.Flags & VmFlags.Volatile) == 0 || control.ToReclaim <= 0)
                continue;
            long freed = mm.PurgeRange(vma.Start, vma.End, control.ToReclaim, out _);
            kernel.Ranges.CountDiscarded(freed, control.Direct);
            control.ToReclaim -= freed;
        }
    }
}
