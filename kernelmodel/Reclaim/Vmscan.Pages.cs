using KernelModel.Mm;

namespace KernelModel.Reclaim;

// mm/vmscan.c, for one page at a time.
internal sealed partial class Vmscan
{
    private readonly List<(VmArea Vma, ulong Address)> _rmap = [];

    /// <summary>MADV_PAGEOUT: gives up the given pages if that is possible at all (mm/vmscan.c: reclaim_pages).</summary>
    /// <returns>Pages freed.</returns>
    internal int ReclaimPages(List<int> pages)
    {
        int freed = 0;
        foreach (int pfn in pages)
        {
            ref Page page = ref kernel.Pages[pfn];
            if (page.Has(PageFlags.Unevictable))
                PutBackUnevictable(pfn);
            if (!page.Has(PageFlags.Lru) || page.Has(PageFlags.Unevictable))
                continue;
            kernel.Lru.Remove(pfn);
            page.Flags &= ~(PageFlags.Referenced | PageFlags.Active);
            if (PurgeVictim(pfn, direct: false) || ShrinkPage(pfn, ignoreReferences: true))
                freed++;
            else if (kernel.Pages[pfn].Has(PageFlags.Allocated) && !kernel.Pages[pfn].Has(PageFlags.Lru))
                kernel.Lru.Add(pfn);
        }

        return freed;
    }

    /// <summary>
    /// mm/swap.c: lru_add. The kernel forgets how often a page was mlocked when it puts it back; what counts is whether the
    /// only lock is one that mremap with DONTUNMAP left behind.
    /// </summary>
    private void PutBackUnevictable(int pfn)
    {
        kernel.Rmap.Walk(pfn, _rmap);
        if (kernel.Pages[pfn].MlockCount > 0 && !_rmap.Exists(static mapping => mapping.Vma.IsUnevictable))
        {
            kernel.Pages[pfn].MlockCount = 1;
            kernel.Pages[pfn].Flags |= PageFlags.MlockUncounted;
        }
    }

    /// <summary>mm/swap.c: folio_deactivate.</summary>
    internal void Deactivate(int pfn)
    {
        ref Page page = ref kernel.Pages[pfn];
        if (!page.Has(PageFlags.Lru) || page.Has(PageFlags.Unevictable))
            return;
        kernel.Lru.Move(pfn, PageFlags.None, PageFlags.Active | PageFlags.Referenced);
        kernel.Stat.Add(VmStatItem.PgDeactivate, 1);
    }

    internal bool CleanForWriteBack(int pfn)
    {
        kernel.Rmap.Walk(pfn, _rmap);
        foreach ((VmArea vma, ulong address) in _rmap)
        {
            ulong pte = vma.Mm.PageTable.Get(address);
            if (Pte.IsDirty(pte))
            {
                vma.Mm.PageTable.Set(address, pte & ~(Pte.Dirty | Pte.Writable));
                kernel.SetDirty(pfn);
            }
        }

        return kernel.Pages[pfn].Has(PageFlags.Dirty);
    }

    /// <summary>
    /// mm/vmscan.c: shrink_folio_list for one page that is off the LRU. Afterwards it is free, or in use again with the
    /// flags that say on which list it belongs.
    /// </summary>
    internal bool ShrinkPage(int pfn, bool ignoreReferences)
    {
        ref Page page = ref kernel.Pages[pfn];
        if (page.Has(PageFlags.Locked) || page.MlockCount > 0)
            return false;
        if (!ignoreReferences && IsReferenced(pfn))
            return Activate(pfn);

        bool swappable = page.Has(PageFlags.Anon) && page.Has(PageFlags.SwapBacked);
        if (swappable && !page.Has(PageFlags.SwapCache))
        {
            int slot = kernel.Swap?.Take(pfn) ?? 0;
            if (slot == 0)
                return Activate(pfn);
            kernel.SwapCache.Add(pfn, slot);
            kernel.SetDirty(pfn);
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
        kernel.Rmap.Walk(pfn, _rmap);
        ref Page page = ref kernel.Pages[pfn];
        if (page.Has(PageFlags.Anon) && !page.Has(PageFlags.SwapBacked) && !DropLazily(pfn))
            return false;
        foreach ((VmArea vma, ulong address) in _rmap)
            UnmapOne(vma, address, pfn);
        return page.MapCount == 0;
    }

    internal void UnmapOne(VmArea vma, ulong address, int pfn)
    {
        ref Page page = ref kernel.Pages[pfn];
        PageTable table = vma.Mm.PageTable;
        ulong pte = table.Get(address);
        if (Pte.IsDirty(pte))
            kernel.SetDirty(pfn);
        if (page.Has(PageFlags.SwapCache))
        {
            kernel.Swap!.Duplicate(page.SwapSlot);
            table.Set(address, Pte.MakeSwap(page.SwapSlot, page.Has(PageFlags.AnonExclusive)));
            page.Flags &= ~PageFlags.AnonExclusive;
            vma.Mm.CountSwap(1);
        }
        else
        {
            table.Set(address, Pte.None);
        }

        kernel.Rmap.Remove(vma, pfn);
    }

    // A page that MADV_FREE gave up goes without I/O, unless it was stored to since: then it counts again.
    private bool DropLazily(int pfn)
    {
        ref Page page = ref kernel.Pages[pfn];
        bool droppable = _rmap.Count > 0;
        bool freed = !page.Has(PageFlags.Dirty);
        foreach ((VmArea vma, ulong address) in _rmap)
        {
            // Where a clean entry is enough for the kernel, here each task must have given the page up: one that swapped it
            // in and did not store to it before a fork has a clean entry as well.
            droppable &= (vma.Flags & VmFlags.Droppable) != 0;
            freed &= Pte.IsFreed(vma.Mm.PageTable.Get(address));
        }

        if (freed || droppable)
        {
            foreach ((VmArea vma, ulong address) in _rmap)
                UnmapOne(vma, address, pfn);
            kernel.ClearDirty(pfn);
            _rmap.Clear();
            kernel.Stat.Add(VmStatItem.PgLazyFreed, 1);
            return true;
        }

        page.Flags |= PageFlags.SwapBacked;
        return false;
    }

    /// <summary>mm/vmscan.c: pageout. Writes a page that nobody maps to its store.</summary>
    private bool PageOut(int pfn)
    {
        ref Page page = ref kernel.Pages[pfn];
        if (page.Has(PageFlags.PageCache) && !kernel.Files.Of(page).WritePage(pfn))
            return false;
        if (page.Has(PageFlags.SwapCache))
        {
            kernel.Swap!.Write(page.SwapSlot, page.Frame);
            kernel.ClearDirty(pfn);
            kernel.Stat.Add(VmStatItem.PswpOut, 1);
        }

        return true;
    }

    /// <summary>mm/vmscan.c: __remove_mapping. Nothing refers to the page but its cache.</summary>
    private bool Discard(int pfn)
    {
        ref Page page = ref kernel.Pages[pfn];
        if (page.Has(PageFlags.SwapCache))
            kernel.SwapCache.Delete(pfn);
        else if (page.Has(PageFlags.PageCache))
            kernel.Files.Of(page).Remove(page.Index);
        kernel.PutPage(pfn);
        return true;
    }

    private bool Activate(int pfn)
    {
        ref Page page = ref kernel.Pages[pfn];
        page.Flags |= PageFlags.Active;
        kernel.Stat.Add(VmStatItem.PgActivate, 1);
        return false;
    }

    /// <summary>mm/rmap.c: folio_referenced. Asks and clears the young bits.</summary>
    private bool IsReferenced(int pfn)
    {
        ref Page page = ref kernel.Pages[pfn];
        bool referenced = page.Has(PageFlags.Referenced);
        page.Flags &= ~PageFlags.Referenced;
        kernel.Rmap.Walk(pfn, _rmap);
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
