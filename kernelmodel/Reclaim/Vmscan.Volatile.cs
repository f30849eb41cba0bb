using KernelModel.Mm;
using KernelModel.Tasks;
using KernelModel.Vrange;

namespace KernelModel.Reclaim;

internal sealed partial class Vmscan
{
    private readonly List<(VmArea Vma, ulong Address)> _purgeMap = [];
    private bool _discardingDirect;

    /// <summary>Whether vrange(2) ever marked anything: else no list need be searched.</summary>
    internal bool HasVolatileAreas { get; set; }

    /// <summary>
    /// The pages that may simply go: ranges oldest first, then the pages of volatile areas from the cold ends of the LRU
    /// (R28), then what such areas have in swap (R29).
    /// </summary>
    private int DiscardVolatile(int wanted, bool direct)
    {
        _discardingDirect = direct;
        long freed = kernel.Ranges.Count == 0 ? 0 : kernel.Ranges.Discard(wanted, VrangeOwners.Tasks, wait: true);
        if (!HasVolatileAreas)
            return (int)freed;
        foreach (LruList list in (ReadOnlySpan<LruList>)[LruList.InactiveAnon, LruList.ActiveAnon, LruList.InactiveFile])
        {
            int pfn = kernel.Lru.Tail(list);
            while (pfn >= 0 && freed < wanted)
            {
                int next = kernel.Lru.Warmer(pfn);
                if (PurgeIfVolatile(pfn))
                {
                    freed++;
                    CountDiscarded(1);
                }

                pfn = next;
            }
        }

        foreach (TaskStruct task in kernel.Tasks.All)
        {
            if (freed < wanted && task.Mm is { SwapEntries: > 0 } mm)
                freed += PurgeAreas(mm, wanted - freed);
        }

        return (int)freed;
    }

    /// <summary>R13: whether a purge may take pages of files that private mappings show and have not copied.</summary>
    internal bool TakesShownPages { get; private set; }

    /// <summary>A second pass over the ranges when nothing else is left: it takes what private mappings show (R13).</summary>
    private int DiscardShown(int wanted)
    {
        if (kernel.Ranges.Count == 0)
            return 0;
        TakesShownPages = true;
        long freed = kernel.Ranges.Discard(wanted, VrangeOwners.Tasks, wait: true);
        TakesShownPages = false;
        return (int)freed;
    }

    /// <summary>Counts purged pages for whoever is reclaiming (R70).</summary>
    internal void CountDiscarded(long pages) => kernel.Ranges.CountDiscarded(pages, _discardingDirect);

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

    private long PurgeAreas(MmStruct mm, long wanted)
    {
        long freed = 0;
        foreach (VmArea vma in mm.Areas)
        {
            if ((vma.Flags & VmFlags.Volatile) != 0 && freed < wanted)
                freed += mm.PurgeRange(vma.Start, vma.End, wanted - freed, out _);
        }

        CountDiscarded(freed);
        return freed;
    }
}
