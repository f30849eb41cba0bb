using KernelModel.Mapping;
using KernelModel.Mm;
using KernelModel.Reclaim;

namespace KernelModel;

public sealed partial class Kernel
{
    /// <summary>swapon(2): adds the swap area.</summary>
    /// <param name="pages">Its size in pages.</param>
    /// <returns>0 or -EBUSY when there is one.</returns>
    public int SwapOn(int pages)
    {
        if (Swap is not null)
            return -Errno.EBUSY;
        Swap = new SwapDevice(pages, _frames);
        return 0;
    }

    /// <summary>Drops a reference of a page table or of shmem (linux: free_swap_and_cache).</summary>
    internal void FreeSwap(int slot)
    {
        int cached = Swap!.Cached(slot);
        if (Swap.Release(slot) && cached != 0 && Pages[cached].MapCount == 0)
            PutPage(cached);
    }

    /// <summary>mm/swapfile.c: folio_free_swap. The page leaves the swap cache when no entry refers to the slot.</summary>
    internal bool FreeSwapCache(int pfn)
    {
        ref Page page = ref Pages[pfn];
        if (!page.Has(PageFlags.SwapCache) || Swap!.MapCount(page.SwapSlot) > 0)
            return false;
        DeleteFromSwapCache(pfn);
        SetDirty(pfn);
        return true;
    }

    internal void AddToSwapCache(int pfn, int slot)
    {
        ref Page page = ref Pages[pfn];
        page.Flags |= PageFlags.SwapCache | PageFlags.SwapBacked;
        page.SwapSlot = slot;
        Swap!.SetCached(slot, pfn);
        Stat.Add(VmStatItem.NrSwapCached, 1);
    }

    internal void DeleteFromSwapCache(int pfn)
    {
        ref Page page = ref Pages[pfn];
        page.Flags &= ~PageFlags.SwapCache;
        Swap!.SetCached(page.SwapSlot, 0);
        page.SwapSlot = 0;
        Stat.Add(VmStatItem.NrSwapCached, -1);
    }

    /// <summary>Reads a slot into a new page, which is on no list and in no cache.</summary>
    /// <returns>The frame, or 0 when there is no memory.</returns>
    internal unsafe int ReadSwap(int slot)
    {
        int pfn = AllocPage();
        if (pfn == 0)
            return 0;
        nint data = Swap!.Data(slot);
        if (data != 0)
            Buffer.MemoryCopy((void*)data, Pages.BytesForWrite(pfn), PageSize.Bytes, PageSize.Bytes);
        Stat.Add(VmStatItem.PswpIn, 1);
        return pfn;
    }

    /// <summary>mm/swap_state.c: read_swap_cache_async. Brings a slot into the swap cache.</summary>
    /// <returns>The frame, or 0 when there is no memory.</returns>
    internal int ReadSwapCache(int slot)
    {
        int pfn = Swap!.Cached(slot);
        if (pfn != 0)
            return pfn;
        pfn = ReadSwap(slot);
        if (pfn == 0)
            return 0;
        if (Swap.MapCount(slot) == 0)
        {
            // The last entry was purged to make room for this page.
            PutPage(pfn);
            return 0;
        }

        AddToSwapCache(pfn, slot);
        Lru.Add(pfn);
        return pfn;
    }

    /// <summary>mm/shmem.c: shmem_swapin_folio. The page goes from swap to the page cache, dirty.</summary>
    internal int SwapInShmem(PageCache cache, ulong index, int slot, out int pfn)
    {
        pfn = Swap!.Cached(slot);
        if (pfn == 0)
        {
            pfn = ReadSwap(slot);
            if (pfn == 0)
                return -Errno.ENOMEM;
        }
        else
        {
            Lru.Remove(pfn);
            DeleteFromSwapCache(pfn);
        }

        cache.RemoveSlot(index);
        cache.Add(index, pfn);
        SetDirty(pfn);
        Lru.Add(pfn);
        FreeSwap(slot);
        return 0;
    }
}
