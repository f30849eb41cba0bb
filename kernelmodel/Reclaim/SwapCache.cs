using KernelModel.Mapping;
using KernelModel.Mm;

namespace KernelModel.Reclaim;

/// <summary>
/// The swap area and the pages that are in memory and have a slot there too (linux: mm/swap_state.c, mm/swapfile.c).
/// Guarded by the model's lock.
/// </summary>
internal sealed class SwapCache(Kernel kernel, FrameSlab frames)
{
    /// <summary>The swap area, or null.</summary>
    public SwapDevice? Device { get; private set; }

    /// <summary>swapon(2): adds the swap area.</summary>
    /// <param name="pages">Its size in pages.</param>
    /// <returns>0 or -EBUSY when there is one.</returns>
    public int SwapOn(int pages)
    {
        if (Device is not null)
            return -Errno.EBUSY;
        Device = new SwapDevice(pages, frames);
        return 0;
    }

    /// <summary>Drops a reference of a page table or of shmem (linux: free_swap_and_cache).</summary>
    internal void Free(int slot)
    {
        int cached = Device!.Cached(slot);
        if (Device.Release(slot) && cached != 0 && kernel.Pages[cached].MapCount == 0)
            kernel.PutPage(cached);
    }

    /// <summary>mm/swapfile.c: folio_free_swap. The page leaves the swap cache when no entry refers to the slot.</summary>
    internal bool TryFree(int pfn)
    {
        ref Page page = ref kernel.Pages[pfn];
        if (!page.Has(PageFlags.SwapCache) || Device!.MapCount(page.SwapSlot) > 0)
            return false;
        Delete(pfn);
        kernel.SetDirty(pfn);
        return true;
    }

    internal void Add(int pfn, int slot)
    {
        ref Page page = ref kernel.Pages[pfn];
        page.Flags |= PageFlags.SwapCache | PageFlags.SwapBacked;
        page.SwapSlot = slot;
        Device!.SetCached(slot, pfn);
        kernel.Stat.Add(VmStatItem.NrSwapCached, 1);
    }

    internal void Delete(int pfn)
    {
        ref Page page = ref kernel.Pages[pfn];
        page.Flags &= ~PageFlags.SwapCache;
        Device!.SetCached(page.SwapSlot, 0);
        page.SwapSlot = 0;
        kernel.Stat.Add(VmStatItem.NrSwapCached, -1);
    }

    /// <summary>Reads a slot into a new page, which is on no list and in no cache.</summary>
    /// <returns>The frame, or 0 when there is no memory.</returns>
    internal unsafe int Read(int slot)
    {
        int pfn = kernel.AllocPage();
        if (pfn == 0)
            return 0;
        nint data = Device!.Data(slot);
        if (data != 0)
            Buffer.MemoryCopy((void*)data, kernel.Pages.BytesForWrite(pfn), PageSize.Bytes, PageSize.Bytes);
        kernel.Stat.Add(VmStatItem.PswpIn, 1);
        return pfn;
    }

    /// <summary>mm/swap_state.c: read_swap_cache_async. Brings a slot into the swap cache.</summary>
    /// <returns>The frame, or 0 when there is no memory.</returns>
    internal int ReadIntoCache(int slot)
    {
        int pfn = Device!.Cached(slot);
        if (pfn != 0)
            return pfn;
        pfn = Read(slot);
        if (pfn == 0)
            return 0;
        if (Device.MapCount(slot) == 0 || Device.Cached(slot) != 0)
        {
            // To make room for this page the last entry was purged. Another page may have the slot by now: who asked looks
            // at his entry again.
            kernel.PutPage(pfn);
            return Device.Cached(slot);
        }

        Add(pfn, slot);
        kernel.Lru.Add(pfn);
        return pfn;
    }
}
