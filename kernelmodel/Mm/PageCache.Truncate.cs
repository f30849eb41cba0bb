using KernelModel.Mapping;
using KernelModel.Reclaim;

namespace KernelModel.Mm;

public sealed partial class PageCache
{
    /// <summary>ftruncate(2): sets i_size and takes the pages beyond it away from every mapper, COWed copies included.</summary>
    /// <param name="size">The new size in bytes.</param>
    public void Truncate(long size)
    {
        long old = Size;
        Size = size;
        if (size >= old)
            return;

        // mm/truncate.c: truncate_pagecache unmaps even_cows=1.
        ulong first = (ulong)PageSize.PagesFor(size);
        UnmapRange(first, ulong.MaxValue, evenCows: true);
        RemoveRange(first, ulong.MaxValue);
        int tail = (int)(size & (PageSize.Bytes - 1));
        int pfn = tail == 0 ? 0 : Find((ulong)size >> PageSize.Shift);
        if (pfn != 0)
            _kernel.ZeroBytes(pfn, tail, PageSize.Bytes - tail);
        Store?.Truncate(size);
    }

    /// <summary>Punches whole pages out (FALLOC_FL_PUNCH_HOLE); copies that private mappings own stay.</summary>
    /// <param name="first">First page.</param>
    /// <param name="last">Last page, inclusive.</param>
    public void Punch(ulong first, ulong last)
    {
        UnmapRange(first, last, evenCows: false);
        RemoveRange(first, last);
        Store?.Punch(PageSize.OffsetOf(first), PageSize.OffsetOf(last - first + 1));
    }

    /// <summary>mm/memory.c: unmap_mapping_pages.</summary>
    internal void UnmapRange(ulong first, ulong last, bool evenCows)
    {
        foreach (VmArea vma in Mappers)
        {
            ulong lastOfVma = vma.PageOffset + vma.Pages - 1;
            ulong from = Math.Max(first, vma.PageOffset);
            ulong to = Math.Min(last, lastOfVma);
            if (from > to)
                continue;
            ulong start = vma.Start + ((from - vma.PageOffset) << PageSize.Shift);
            ulong end = vma.Start + ((to - vma.PageOffset + 1) << PageSize.Shift);
            vma.Mm.ZapRange(vma, start, end, evenCows ? ZapMode.Everything : ZapMode.FilePagesOnly);
        }
    }

    internal void RemoveRange(ulong first, ulong last)
    {
        List<ulong>? doomed = null;
        foreach ((ulong index, _) in _entries.In(first, last))
            (doomed ??= []).Add(index);

        if (doomed is null)
            return;

        // mm/swap.c: __folio_batch_release drains before pages go.
        if (doomed.Exists(index => Find(index) != 0))
            _kernel.Lru.AddDrain();
        foreach (ulong index in doomed)
            Drop(index);
    }

    /// <summary>Throws one page away, wherever it is.</summary>
    internal void Drop(ulong index)
    {
        int slot = FindSlot(index);
        if (slot != 0)
        {
            RemoveSlot(index);
            _kernel.SwapCache.Free(slot);
            return;
        }

        int pfn = Find(index);
        if (pfn == 0)
            return;

        // First: it counts as dirty while it is in the cache.
        _kernel.ClearDirty(pfn);
        Remove(index);

        // A mapper that is left holds the frame until it lets go (mm/truncate.c: the page is orphaned).
        _kernel.PutPage(pfn);
    }

    /// <summary>Gives the last reference of an opener or mapper up; an object nobody can reach loses its pages.</summary>
    internal void Put()
    {
        if (OpenCount > 0 || Mappers.Count > 0)
            return;
        WriteBack(0, ulong.MaxValue);
        RemoveRange(0, ulong.MaxValue);
        if (Huge is not null)
            _kernel.HugePages.Evict(Huge);

        // R11: marks die with the last holder, and with an object that nobody can reach its tombstones.
        _ranges?.Dispose();
        _ranges = null;
        _kernel.ForgetPageCache(this);
    }

    /// <summary>Writes the dirty pages of a file on a disk to its store.</summary>
    /// <param name="first">First page.</param>
    /// <param name="last">Last page, inclusive.</param>
    /// <returns>Pages written, or a negative errno of the store.</returns>
    public int WriteBack(ulong first, ulong last)
    {
        if (IsShmem)
            return 0;
        CatchUp();
        int written = 0;
        foreach ((_, int pfn) in _entries.In(first, last))
        {
            if (!_kernel.Vmscan.CleanForWriteBack(pfn))
                continue;
            int result = WriteOut(pfn);
            if (result < 0)
                return result;
            written++;
        }

        return written;
    }

    internal unsafe int WriteOut(int pfn)
    {
        ref Page page = ref _kernel.Pages[pfn];
        long offset = PageSize.OffsetOf(page.Index);
        int length = (int)Math.Min(PageSize.Bytes, Size - offset);
        _kernel.ClearDirty(pfn);
        _kernel.Stat.Add(VmStatItem.PgPgOut, 4);
        return length <= 0 ? 0 : Store!.Write(offset, new ReadOnlySpan<byte>(_kernel.Pages.BytesForWrite(pfn), length), force: true);
    }

    /// <summary>Reads or writes a page's bytes as read(2) and write(2) do; the page comes into the cache.</summary>
    /// <returns>0, -ENOMEM or -EIO.</returns>
    internal int GetPage(ulong index, out int pfn)
    {
        pfn = Find(index);
        if (pfn != 0)
            return 0;
        int slot = FindSlot(index);
        if (slot != 0)
            return _kernel.SwapCache.SwapInShmem(this, index, slot, out pfn);

        pfn = _kernel.AllocPage();
        if (pfn == 0)
            return -Errno.ENOMEM;
        int result = Store is null ? 0 : ReadIn(index, pfn);
        if (result < 0)
        {
            _kernel.PutPage(pfn);
            pfn = 0;
            return result;
        }

        Add(index, pfn);
        _kernel.Lru.Add(pfn);
        return 0;
    }

    /// <summary>write(2) into the page cache; i_size grows with it.</summary>
    /// <returns>Bytes written or a negative errno.</returns>
    public unsafe int Write(long offset, ReadOnlySpan<byte> bytes)
    {
        CatchUp();
        int done = 0;
        while (done < bytes.Length)
        {
            int inPage = (int)(offset & (PageSize.Bytes - 1));
            int count = Math.Min(PageSize.Bytes - inPage, bytes.Length - done);
            int result = GetPage((ulong)offset >> PageSize.Shift, out int pfn);
            if (result < 0)
                return done > 0 ? done : result;
            bytes.Slice(done, count).CopyTo(new Span<byte>(_kernel.Pages.BytesForWrite(pfn) + inPage, count));
            _kernel.SetDirty(pfn);
            done += count;
            offset += count;
            Size = Math.Max(Size, offset);
        }

        return done;
    }

    private unsafe int ReadIn(ulong index, int pfn)
    {
        _kernel.Stat.Add(VmStatItem.PgPgIn, 4);
        int length = (int)Math.Min(PageSize.Bytes, Math.Max(0, Size - PageSize.OffsetOf(index)));
        return Store!.Read(PageSize.OffsetOf(index), new Span<byte>(_kernel.Pages.BytesForWrite(pfn), length));
    }
}
