using KernelModel.Mapping;

namespace KernelModel.Mm;

/// <summary>
/// A memfd, or the nameless object of a shared anonymous mapping (linux: mm/shmem.c). What is not in memory is in swap or
/// zeros. Guarded by the model's lock.
/// </summary>
internal sealed class ShmemFile : PageCache
{
    private long _size;

    internal ShmemFile(Kernel kernel, int id, ulong inode, long size)
        : base(kernel, id, inode)
    {
        _size = size;
    }

    /// <inheritdoc/>
    public override long Size => _size;

    internal override bool IsShmem => true;

    /// <summary>mm/shmem.c: shmem_partial_swap_usage; pages in swap from first to last, inclusive.</summary>
    internal int CountSwapped(ulong first, ulong last)
    {
        if (SwappedPages == 0)
            return 0;
        int count = 0;
        foreach ((_, int entry) in EntriesIn(first, last))
            count += entry < 0 ? 1 : 0;
        return count;
    }

    /// <summary>ftruncate(2): sets i_size and takes the pages beyond it away from every mapper, COWed copies included.</summary>
    /// <param name="size">The new size in bytes.</param>
    public void Truncate(long size)
    {
        long old = _size;
        _size = size;
        if (size >= old)
            return;

        // mm/truncate.c: truncate_pagecache unmaps even_cows=1.
        ulong first = (ulong)PageSize.PagesFor(size);
        UnmapRange(first, ulong.MaxValue, evenCows: true);
        RemoveRange(first, ulong.MaxValue);
        int tail = (int)(size & (PageSize.Bytes - 1));
        int pfn = tail == 0 ? 0 : Find((ulong)size >> PageSize.Shift);
        if (pfn != 0)
            Kernel.ZeroBytes(pfn, tail, PageSize.Bytes - tail);
    }

    /// <summary>write(2) into the page cache; i_size grows with it.</summary>
    /// <returns>Bytes written or a negative errno.</returns>
    public unsafe int Write(long offset, ReadOnlySpan<byte> bytes)
    {
        int done = 0;
        while (done < bytes.Length)
        {
            int inPage = (int)(offset & (PageSize.Bytes - 1));
            int count = Math.Min(PageSize.Bytes - inPage, bytes.Length - done);
            int result = GetPage((ulong)offset >> PageSize.Shift, out int pfn);
            if (result < 0)
                return done > 0 ? done : result;
            bytes.Slice(done, count).CopyTo(new Span<byte>(Kernel.Pages.BytesForWrite(pfn) + inPage, count));
            Kernel.SetDirty(pfn);
            done += count;
            offset += count;
            _size = Math.Max(_size, offset);
        }

        return done;
    }

    /// <summary>mm/shmem.c: shmem_get_folio_gfp.</summary>
    internal override int GetPage(ulong index, out int pfn)
    {
        int slot = FindSlot(index);
        return slot != 0 ? SwapIn(index, slot, out pfn) : base.GetPage(index, out pfn);
    }

    /// <summary>mm/shmem.c: shmem_writeout. The slot takes the page's place in the cache, the page goes to the swap cache.</summary>
    internal override bool WritePage(int pfn)
    {
        int slot = Kernel.Swap?.Take(pfn) ?? 0;
        if (slot == 0)
            return false;
        Kernel.SwapCache.Add(pfn, slot);
        Kernel.Swap!.Duplicate(slot);
        Remove(Kernel.Pages[pfn].Index, slot);
        return true;
    }

    /// <summary>mm/madvise.c: shmem_swapin_range.</summary>
    internal override void ReadAhead(ulong first, ulong last)
    {
        for (ulong index = first; index <= last && !IsBeyondEnd(index); index++)
        {
            int slot = FindSlot(index);
            if (slot != 0)
                Kernel.SwapCache.ReadIntoCache(slot);
        }

        Kernel.Lru.AddDrain();
    }

    /// <summary>mm/shmem.c: shmem_swapin_folio. The page goes from swap to the page cache, dirty.</summary>
    private int SwapIn(ulong index, int slot, out int pfn)
    {
        pfn = Kernel.Swap!.Cached(slot);
        if (pfn == 0)
        {
            pfn = Kernel.SwapCache.Read(slot);
            if (FindSlot(index) != slot)
            {
                // To make room for it the page was purged (R29); the slot may be another page's by now.
                if (pfn != 0)
                    Kernel.PutPage(pfn);
                return GetPage(index, out pfn);
            }

            if (pfn == 0)
                return -Errno.ENOMEM;
        }
        else
        {
            Kernel.Lru.Remove(pfn);
            Kernel.SwapCache.Delete(pfn);
        }

        RemoveSlot(index);
        Add(index, pfn);
        Kernel.SetDirty(pfn);
        Kernel.Lru.Add(pfn);
        Kernel.SwapCache.Free(slot);
        return 0;
    }
}
