using KernelModel.Mm;
using KernelModel.Vrange;

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
        => kernel.FreePages >= kernel.LowWatermark ? 0 : Reclaim(kernel.HighWatermark - kernel.FreePages, direct: false);

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
        kernel.AssertLocked();
        ScanControl control = new() { ToReclaim = wanted, Owners = VrangeOwners.Tasks, Direct = direct };
        kernel.Lru.AddDrain();
        DiscardVolatile(ref control);
        for (control.Priority = Priorities; control.Priority >= 0 && control.ToReclaim > 0; control.Priority--)
            ShrinkLists(ref control);
        if (control.ToReclaim > 0)
            DiscardShown(ref control);
        return wanted - (int)control.ToReclaim;
    }

    internal void DirectReclaim() => Reclaim(Math.Max(ReclaimBatch, kernel.LowWatermark - kernel.FreePages), direct: true);

    /// <summary>mm/vmscan.c: shrink_lruvec. A pass looks at a larger share of each list the lower the priority.</summary>
    private void ShrinkLists(ref ScanControl control)
    {
        ShrinkList(LruList.InactiveFile, LruList.ActiveFile, ref control);
        bool maySwap = kernel.Swap is not null && kernel.Swap.UsedSlots < kernel.Swap.TotalSlots
            && (kernel.Swappiness > 0 || control.Priority == 0); // mm/vmscan.c: get_scan_count
        if (control.ToReclaim > 0 && maySwap)
            ShrinkList(LruList.InactiveAnon, LruList.ActiveAnon, ref control);
    }

    private void ShrinkList(LruList inactive, LruList active, ref ScanControl control)
    {
        // mm/vmscan.c: inactive_is_low, with the ratio of a small machine.
        if (kernel.Lru.Count(inactive) < kernel.Lru.Count(active))
            ShrinkActive(active, (kernel.Lru.Count(active) >> control.Priority) + ReclaimBatch);

        int scan = Math.Min(kernel.Lru.Count(inactive), (kernel.Lru.Count(inactive) >> control.Priority) + ReclaimBatch);
        bool anon = inactive == LruList.InactiveAnon;
        for (; scan > 0 && control.ToReclaim > 0; scan--)
        {
            int pfn = kernel.Lru.Tail(inactive);
            if (pfn < 0)
                break;
            kernel.Lru.Remove(pfn);
            _scanned++;
            kernel.Stat.Add(control.Direct ? VmStatItem.PgScanDirect : VmStatItem.PgScanKswapd, 1);
            kernel.Stat.Add(anon ? VmStatItem.PgScanAnon : VmStatItem.PgScanFile, 1);

            // R28: a volatile page goes whatever its referenced bit.
            if (PurgeVictim(pfn, control.Direct) || ShrinkPage(pfn, ignoreReferences: control.Priority == 0))
            {
                control.ToReclaim--;
                kernel.Stat.Add(control.Direct ? VmStatItem.PgStealDirect : VmStatItem.PgStealKswapd, 1);
                kernel.Stat.Add(anon ? VmStatItem.PgStealAnon : VmStatItem.PgStealFile, 1);
            }
            else
            {
                kernel.Lru.Add(pfn);
            }
        }
    }

    /// <summary>R28: a volatile page goes instead of being swapped.</summary>
    internal bool PurgeVictim(int pfn, bool direct)
    {
        if (!PurgeIfVolatile(pfn))
            return false;
        kernel.Ranges.CountDiscarded(1, direct);
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
