using KernelModel.Mm;

namespace KernelModel.Reclaim;

/// <summary>
/// Takes pages out of memory (linux: mm/vmscan.c): volatile ones first, then the cold ends of the LRU. Guarded by the
/// model's lock.
/// </summary>
internal sealed partial class Vmscan(Kernel kernel)
{
    private const int ReclaimBatch = 32;
    private const int Priorities = 12;

    /// <summary>
    /// One run of kswapd: when free memory is below the low watermark, reclaims until it is at the high one or nothing
    /// more can be had. The model has no threads: whoever drives it calls this when the kernel would run.
    /// </summary>
    /// <returns>Pages freed.</returns>
    public int RunKswapd()
        => kernel.FreePages >= kernel.Options.LowWatermark ? 0 : Reclaim(kernel.Options.HighWatermark - kernel.FreePages, direct: false);

    /// <summary>Frees page cache that is clean and not mapped (drop_caches 1).</summary>
    /// <returns>Pages freed.</returns>
    public int DropCaches()
    {
        int freed = 0;
        foreach (LruList list in (ReadOnlySpan<LruList>)[LruList.InactiveFile, LruList.ActiveFile])
        {
            int pfn = kernel.Lru.Tail(list);
            while (pfn >= 0)
            {
                int next = kernel.Lru.Warmer(pfn);
                ref Page page = ref kernel.Pages[pfn];
                if (page.MapCount == 0 && page.Has(PageFlags.PageCache) && !page.Has(PageFlags.Dirty | PageFlags.Locked))
                {
                    kernel.Lru.Remove(pfn);
                    freed += Discard(pfn) ? 1 : 0;
                }

                pfn = next;
            }
        }

        return freed;
    }

    /// <summary>Reclaims pages: volatile ones first, then the cold ends of the LRU, and at last what R13 spares.</summary>
    /// <param name="wanted">Pages to free.</param>
    /// <param name="direct">Whether a task that needs memory does it itself.</param>
    /// <returns>Pages freed; fewer when there is nothing left to reclaim.</returns>
    public int Reclaim(int wanted, bool direct)
    {
        if (_reclaiming)
            return 0;
        _reclaiming = true;
        kernel.Lru.AddDrain();
        int freed = DiscardVolatile(wanted, direct);
        for (int priority = Priorities; priority >= 0 && freed < wanted; priority--)
            freed += ShrinkLists(wanted - freed, priority, direct);
        if (freed < wanted)
            freed += DiscardShown(wanted - freed);
        _reclaiming = false;
        return freed;
    }

    internal void DirectReclaim() => Reclaim(Math.Max(ReclaimBatch, kernel.Options.LowWatermark - kernel.FreePages), direct: true);

    /// <summary>mm/vmscan.c: shrink_lruvec. A pass looks at a larger share of each list the lower the priority.</summary>
    private int ShrinkLists(int wanted, int priority, bool direct)
    {
        int freed = ShrinkList(LruList.InactiveFile, LruList.ActiveFile, wanted, priority, direct);
        if (freed < wanted && kernel.Swap is not null && kernel.Swap.UsedSlots < kernel.Swap.TotalSlots)
            freed += ShrinkList(LruList.InactiveAnon, LruList.ActiveAnon, wanted - freed, priority, direct);
        return freed;
    }

    private int ShrinkList(LruList inactive, LruList active, int wanted, int priority, bool direct)
    {
        // mm/vmscan.c: inactive_is_low, with the ratio of a small machine.
        if (kernel.Lru.Count(inactive) < kernel.Lru.Count(active))
            ShrinkActive(active, (kernel.Lru.Count(active) >> priority) + ReclaimBatch);

        int scan = Math.Min(kernel.Lru.Count(inactive), (kernel.Lru.Count(inactive) >> priority) + ReclaimBatch);
        bool anon = inactive == LruList.InactiveAnon;
        int freed = 0;
        for (; scan > 0 && freed < wanted; scan--)
        {
            int pfn = kernel.Lru.Tail(inactive);
            if (pfn < 0)
                break;
            kernel.Lru.Remove(pfn);
            kernel.Stat.Add(direct ? VmStatItem.PgScanDirect : VmStatItem.PgScanKswapd, 1);
            kernel.Stat.Add(anon ? VmStatItem.PgScanAnon : VmStatItem.PgScanFile, 1);

            // R28: a volatile page goes whatever its referenced bit.
            if (PurgeVictim(pfn) || ShrinkPage(pfn, ignoreReferences: priority == 0))
            {
                freed++;
                kernel.Stat.Add(direct ? VmStatItem.PgStealDirect : VmStatItem.PgStealKswapd, 1);
                kernel.Stat.Add(anon ? VmStatItem.PgStealAnon : VmStatItem.PgStealFile, 1);
            }
            else
            {
                kernel.Lru.Add(pfn);
            }
        }

        return freed;
    }

    internal bool PurgeVictim(int pfn)
    {
        if (!PurgeIfVolatile(pfn))
            return false;
        CountDiscarded(1);
        return true;
    }

    /// <summary>mm/vmscan.c: shrink_active_list.</summary>
    private void ShrinkActive(LruList active, int count)
    {
        for (; count > 0; count--)
        {
            int pfn = kernel.Lru.Tail(active);
            if (pfn < 0)
                return;
            IsReferenced(pfn);
            kernel.Lru.Move(pfn, PageFlags.None, PageFlags.Active);
            kernel.Stat.Add(VmStatItem.PgDeactivate, 1);
        }
    }
}
