using KernelModel.Mm;
using KernelModel.Reclaim;

namespace KernelModel;

public sealed partial class Kernel
{
    private readonly List<(VmArea Vma, ulong Address)> _rmap = [];

    // Reclaim may need a page itself (a write-back): it must not start over.
    private bool _reclaiming;

    /// <summary>MADV_PAGEOUT: gives up the given pages if that is possible at all (mm/vmscan.c: reclaim_pages).</summary>
    /// <returns>Pages freed.</returns>
    internal int ReclaimPages(List<int> pages)
    {
        bool outer = _reclaiming;
        _reclaiming = true;
        int freed = 0;
        foreach (int pfn in pages)
        {
            ref Page page = ref Pages[pfn];
            if (page.Has(PageFlags.Unevictable))
                PutBackUnevictable(pfn);
            if (!page.Has(PageFlags.Lru) || page.Has(PageFlags.Unevictable))
                continue;
            Lru.Remove(pfn);
            page.Flags &= ~(PageFlags.Referenced | PageFlags.Active);
            if (ShrinkPage(pfn, ignoreReferences: true))
                freed++;
            else if (Pages[pfn].Has(PageFlags.Allocated) && !Pages[pfn].Has(PageFlags.Lru))
                Lru.Add(pfn);
        }

        _reclaiming = outer;
        return freed;
    }

    /// <summary>
    /// mm/swap.c: lru_add. The kernel forgets how often a page was mlocked when it puts it back; what counts is whether the
    /// only lock is one that mremap with DONTUNMAP left behind.
    /// </summary>
    private void PutBackUnevictable(int pfn)
    {
        RmapWalk(pfn, _rmap);
        if (Pages[pfn].MlockCount > 0 && !_rmap.Exists(static mapping => mapping.Vma.IsUnevictable))
        {
            Pages[pfn].MlockCount = 1;
            Pages[pfn].Flags |= PageFlags.MlockUncounted;
        }
    }

    /// <summary>mm/swap.c: folio_deactivate.</summary>
    internal void Deactivate(int pfn)
    {
        ref Page page = ref Pages[pfn];
        if (!page.Has(PageFlags.Lru) || page.Has(PageFlags.Unevictable))
            return;
        Lru.Move(pfn, PageFlags.None, PageFlags.Active | PageFlags.Referenced);
        Stat.Add(VmStatItem.PgDeactivate, 1);
    }

    internal bool CleanForWriteBack(int pfn)
    {
        RmapWalk(pfn, _rmap);
        foreach ((VmArea vma, ulong address) in _rmap)
        {
            ulong pte = vma.Mm.PageTable.Get(address);
            if (Pte.IsDirty(pte))
            {
                vma.Mm.PageTable.Set(address, pte & ~(Pte.Dirty | Pte.Writable));
                SetDirty(pfn);
            }
        }

        return Pages[pfn].Has(PageFlags.Dirty);
    }

    /// <summary>
    /// mm/vmscan.c: shrink_folio_list for one page that is off the LRU. Afterwards it is free, or in use again with the
    /// flags that say on which list it belongs.
    /// </summary>
    internal bool ShrinkPage(int pfn, bool ignoreReferences)
    {
        ref Page page = ref Pages[pfn];
        if (page.Has(PageFlags.Locked) || page.MlockCount > 0)
            return false;
        if (!ignoreReferences && IsReferenced(pfn))
            return Activate(pfn);

        bool swappable = page.Has(PageFlags.Anon) && page.Has(PageFlags.SwapBacked);
        if (swappable && !page.Has(PageFlags.SwapCache))
        {
            int slot = Swap?.Take(pfn) ?? 0;
            if (slot == 0)
                return Activate(pfn);
            AddToSwapCache(pfn, slot);
            SetDirty(pfn);
        }

        if (page.MapCount > 0 && !TryToUnmap(pfn))
            return Activate(pfn);
        if (page.Has(PageFlags.Dirty) && !PageOut(pfn))
            return Activate(pfn);
        return Discard(pfn);
    }

    /// <summary>mm/rmap.c: try_to_unmap. Every mapping of the page becomes a swap entry, or nothing.</summary>
    internal bool TryToUnmap(int pfn)
    {
        RmapWalk(pfn, _rmap);
        ref Page page = ref Pages[pfn];
        if (page.Has(PageFlags.Anon) && !page.Has(PageFlags.SwapBacked) && !DropLazily(pfn))
            return false;
        foreach ((VmArea vma, ulong address) in _rmap)
            UnmapOne(vma, address, pfn);
        return page.MapCount == 0;
    }

    private void UnmapOne(VmArea vma, ulong address, int pfn)
    {
        ref Page page = ref Pages[pfn];
        PageTable table = vma.Mm.PageTable;
        ulong pte = table.Get(address);
        if (Pte.IsDirty(pte))
            SetDirty(pfn);
        if (page.Has(PageFlags.SwapCache))
        {
            Swap!.Duplicate(page.SwapSlot);
            table.Set(address, Pte.MakeSwap(page.SwapSlot, page.Has(PageFlags.AnonExclusive)));
            page.Flags &= ~PageFlags.AnonExclusive;
            vma.Mm.CountSwap(1);
        }
        else
        {
            table.Set(address, Pte.None);
        }

        RemoveRmap(vma, pfn);
    }

    // A page that MADV_FREE gave up goes without I/O, unless it was stored to since: then it counts again.
    private bool DropLazily(int pfn)
    {
        ref Page page = ref Pages[pfn];
        bool droppable = _rmap.Count > 0;
        bool dirty = page.Has(PageFlags.Dirty);
        foreach ((VmArea vma, ulong address) in _rmap)
        {
            droppable &= (vma.Flags & VmFlags.Droppable) != 0;
            dirty |= Pte.IsDirty(vma.Mm.PageTable.Get(address));
        }

        if (!dirty || droppable)
        {
            foreach ((VmArea vma, ulong address) in _rmap)
                UnmapOne(vma, address, pfn);
            ClearDirty(pfn);
            _rmap.Clear();
            Stat.Add(VmStatItem.PgLazyFreed, 1);
            return true;
        }

        page.Flags |= PageFlags.SwapBacked;
        return false;
    }

    /// <summary>mm/vmscan.c: pageout. Writes a page that nobody maps to its store.</summary>
    private unsafe bool PageOut(int pfn)
    {
        ref Page page = ref Pages[pfn];
        if (page.IsShmem && !page.Has(PageFlags.SwapCache))
        {
            // mm/shmem.c: shmem_writeout. The slot takes the page's place in the cache.
            if (!page.Has(PageFlags.PageCache))
                return true;
            int slot = Swap?.Take(pfn) ?? 0;
            if (slot == 0)
                return false;
            AddToSwapCache(pfn, slot);
            Swap!.Duplicate(slot);
            CacheOf(page).Remove(page.Index, slot);
        }

        if (page.Has(PageFlags.SwapCache))
        {
            Swap!.Write(page.SwapSlot, page.Frame);
            ClearDirty(pfn);
            Stat.Add(VmStatItem.PswpOut, 1);
            return true;
        }

        return !page.Has(PageFlags.PageCache) || CacheOf(page).WriteOut(pfn) >= 0;
    }

    /// <summary>mm/vmscan.c: __remove_mapping. Nothing refers to the page but its cache.</summary>
    private bool Discard(int pfn)
    {
        ref Page page = ref Pages[pfn];
        if (page.Has(PageFlags.SwapCache))
            DeleteFromSwapCache(pfn);
        else if (page.Has(PageFlags.PageCache))
            CacheOf(page).Remove(page.Index);
        PutPage(pfn);
        return true;
    }

    private bool Activate(int pfn)
    {
        ref Page page = ref Pages[pfn];
        page.Flags |= PageFlags.Active;
        Stat.Add(VmStatItem.PgActivate, 1);
        return false;
    }

    /// <summary>mm/rmap.c: folio_referenced. Asks and clears the young bits.</summary>
    private bool IsReferenced(int pfn)
    {
        ref Page page = ref Pages[pfn];
        bool referenced = page.Has(PageFlags.Referenced);
        page.Flags &= ~PageFlags.Referenced;
        RmapWalk(pfn, _rmap);
        foreach ((VmArea vma, ulong address) in _rmap)
        {
            ulong pte = vma.Mm.PageTable.Get(address);
            if ((pte & Pte.Young) == 0)
                continue;
            referenced = true;
            vma.Mm.PageTable.Set(address, pte & ~Pte.Young);
        }

        return referenced;
    }
}
