using System.Runtime.InteropServices;
using KernelModel.Mm;
using KernelModel.Reclaim;

namespace KernelModel;

internal sealed partial class Kernel
{
    /// <summary>Takes a page of zeros for somebody's use, reclaiming when memory is short. 0 means out of memory.</summary>
    internal int AllocPage()
    {
        if (Pages.FreePages <= MinWatermark)
            Vmscan.DirectReclaim();
        return Pages.Take();
    }

    /// <summary>Frees a page that nothing refers to any more; any other stays (linux: folio_put, free_swap_cache).</summary>
    internal void PutPage(int pfn)
    {
        ref Page page = ref Pages[pfn];
        if (pfn == MemMap.ZeroPage || page.MapCount > 0 || page.Has(PageFlags.PageCache))
            return;
        if (page.Has(PageFlags.SwapCache) && !SwapCache.TryFree(pfn))
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

    private static bool CountsAsDirty(in Page page) => page.Has(PageFlags.PageCache) && !page.Has(PageFlags.SwapBacked);
}
