using System.Runtime.InteropServices;
using KernelModel.Mapping;
using KernelModel.Mm;
using KernelModel.Reclaim;

namespace KernelModel;

public sealed partial class Kernel
{
    private readonly List<AnonVma?> _anonVmas = [null];
    private readonly Stack<int> _freeAnonVmas = new();

    // Pages that MADV_FREE gave up and that still are on the anon list: the kernel's per-CPU batch.
    private readonly List<int> _lazyFree = [];

    /// <summary>Takes a page of zeros for somebody's use, reclaiming when memory is short. 0 means out of memory.</summary>
    internal int AllocPage()
    {
        if (Pages.FreePages <= Options.MinWatermark)
            DirectReclaim();
        return Pages.Take();
    }

    /// <summary>Frees a page that nothing refers to any more; any other stays (linux: folio_put, free_swap_cache).</summary>
    internal void PutPage(int pfn)
    {
        ref Page page = ref Pages[pfn];
        if (pfn == MemMap.ZeroPage || page.MapCount > 0 || page.Has(PageFlags.PageCache))
            return;
        if (page.Has(PageFlags.SwapCache) && !FreeSwapCache(pfn))
            return;
        ClearDirty(pfn);
        if (page.MlockCount > 0)
        {
            // mm/page_alloc.c: free_pages_prepare. A lock that was left behind ends with the page.
            Stat.Add(VmStatItem.NrMlock, -1);
            Stat.Add(VmStatItem.UnevictableCleared, 1);
        }

        Lru.Remove(pfn);
        Pages.Give(pfn);
        Stat.Add(VmStatItem.PgFree, 1);
    }

    /// <summary>Makes a page known to one more page table entry (linux: folio_add_*_rmap).</summary>
    internal void AddRmap(VmArea vma, int pfn)
    {
        if (pfn == MemMap.ZeroPage)
            return;
        ref Page page = ref Pages[pfn];
        if (page.MapCount++ == 0)
            Stat.Add(page.Has(PageFlags.Anon) ? VmStatItem.NrAnonMapped : VmStatItem.NrFileMapped, 1);
        vma.Mm.CountRss(page, 1);
        if (vma.IsUnevictable)
            Mlock(pfn);
    }

    /// <summary>One page table entry less maps a page; it is not freed here (linux: folio_remove_rmap_pte).</summary>
    internal void RemoveRmap(VmArea vma, int pfn)
    {
        if (pfn == MemMap.ZeroPage)
            return;
        ref Page page = ref Pages[pfn];
        if (--page.MapCount == 0)
            Stat.Add(page.Has(PageFlags.Anon) ? VmStatItem.NrAnonMapped : VmStatItem.NrFileMapped, -1);
        vma.Mm.CountRss(page, -1);
        if (vma.IsUnevictable)
            Munlock(pfn);
    }

    /// <summary>mm/mlock.c: mlock_folio. A page is unevictable while one unevictable VMA maps it.</summary>
    internal void Mlock(int pfn)
    {
        ref Page page = ref Pages[pfn];
        if (page.Has(PageFlags.MlockUncounted))
        {
            page.Flags &= ~PageFlags.MlockUncounted;
            return;
        }

        if (page.MlockCount++ > 0)
            return;
        Stat.Add(VmStatItem.NrMlock, 1);
        Stat.Add(VmStatItem.UnevictableMlocked, 1);
        if (page.Has(PageFlags.Lru))
        {
            Lru.Remove(pfn);
            Lru.Add(pfn);
        }
    }

    /// <summary>mm/mlock.c: munlock_folio.</summary>
    internal void Munlock(int pfn)
    {
        ref Page page = ref Pages[pfn];
        if (--page.MlockCount > 0)
            return;
        Stat.Add(VmStatItem.NrMlock, -1);
        Stat.Add(VmStatItem.UnevictableMunlocked, 1);
        if (page.Has(PageFlags.Lru))
        {
            Lru.Remove(pfn);
            Lru.Add(pfn);
        }
    }

    internal void SetDirty(int pfn)
    {
        ref Page page = ref Pages[pfn];
        if (page.Has(PageFlags.Dirty))
            return;
        page.Flags |= PageFlags.Dirty;
        if (CountsAsDirty(page))
            Stat.Add(VmStatItem.NrDirty, 1);
    }

    internal void ClearDirty(int pfn)
    {
        ref Page page = ref Pages[pfn];
        if (!page.Has(PageFlags.Dirty))
            return;
        if (CountsAsDirty(page))
            Stat.Add(VmStatItem.NrDirty, -1);
        page.Flags &= ~PageFlags.Dirty;
    }

    internal unsafe void ZeroBytes(int pfn, int offset, int length)
    {
        if (Pages[pfn].Frame != 0)
            NativeMemory.Clear((byte*)Pages[pfn].Frame + offset, (nuint)length);
    }

    /// <summary>mm/swap.c: lru_add_drain; what MADV_FREE gave up becomes discardable only now.</summary>
    internal void LruAddDrain()
    {
        foreach (int pfn in _lazyFree)
        {
            ref Page page = ref Pages[pfn];
            const PageFlags Wanted = PageFlags.Allocated | PageFlags.Anon | PageFlags.SwapBacked | PageFlags.Lru;
            if ((page.Flags & Wanted) != Wanted || page.Has(PageFlags.SwapCache | PageFlags.Unevictable))
                continue;
            Lru.Move(pfn, PageFlags.None, PageFlags.SwapBacked | PageFlags.Active | PageFlags.Referenced);
            Stat.Add(VmStatItem.PgLazyFree, 1);
        }

        _lazyFree.Clear();
    }

    /// <summary>mm/swap.c: folio_mark_lazyfree.</summary>
    internal void MarkLazyFree(int pfn)
    {
        ref Page page = ref Pages[pfn];
        if (page.Has(PageFlags.Anon) && page.Has(PageFlags.SwapBacked) && !page.Has(PageFlags.SwapCache | PageFlags.Unevictable))
            _lazyFree.Add(pfn);
    }

    internal AnonVma AllocAnonVma(AnonVma? parent)
    {
        if (!_freeAnonVmas.TryPop(out int id))
        {
            id = _anonVmas.Count;
            _anonVmas.Add(null);
        }

        AnonVma anonVma = new() { Id = id };
        anonVma.Parent = parent ?? anonVma;
        anonVma.Root = parent?.Root ?? anonVma;
        anonVma.Parent.NumChildren++;
        _anonVmas[id] = anonVma;
        return anonVma;
    }

    /// <summary>Frees an anon_vma that no VMA is chained to any more.</summary>
    internal void PutAnonVma(AnonVma anonVma)
    {
        if (anonVma.Vmas.Count > 0)
            return;
        if (anonVma.Parent != anonVma)
            anonVma.Parent.NumChildren--;
        _anonVmas[anonVma.Id] = null;
        _freeAnonVmas.Push(anonVma.Id);
    }

    /// <summary>Every VMA that may map a page, with the address where it would (linux: rmap_walk).</summary>
    internal void RmapWalk(int pfn, List<(VmArea Vma, ulong Address)> into)
    {
        into.Clear();
        ref Page page = ref Pages[pfn];
        List<VmArea>? areas = page.Has(PageFlags.Anon) ? _anonVmas[page.Mapping]?.Vmas
            : page.Has(PageFlags.PageCache) ? CacheOf(page).Mappers
            : null;
        if (areas is null)
            return;
        foreach (VmArea vma in areas)
        {
            if (page.Index < vma.PageOffset || page.Index - vma.PageOffset >= vma.Pages)
                continue;
            ulong address = vma.Start + ((page.Index - vma.PageOffset) << PageSize.Shift);
            ulong pte = vma.Mm.PageTable.Get(address);
            if (Pte.IsPresent(pte) && Pte.Pfn(pte) == pfn)
                into.Add((vma, address));
        }
    }

    private static bool CountsAsDirty(in Page page) => page.Has(PageFlags.PageCache) && !page.Has(PageFlags.SwapBacked);
}
