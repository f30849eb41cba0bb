using KernelModel.Mapping;
using KernelModel.Ranges;

namespace Fs.Host;

/// <summary>
/// The bytes of one file, a map of places in the memory of a <see cref="MemfdStorage"/>. Who changes the store holds the
/// lock of its mapping; readers do not, so the map and the size change under the object's own monitor, which is held for
/// that only. The kernel limits nothing, so each page with a place is charged to the mount's quota.
/// </summary>
internal sealed class MemfdStore(MemfdStorage storage) : IBackingStore
{
    private readonly ExtentMap _extents = new(); // monitor
    private long _size; // monitor

    // Pages that fallocate gave and nothing was written to since: they have memory, but SEEK_DATA passes over them
    // (mm/shmem.c: they are not uptodate). Under the monitor.
    private PageRuns? _given;

    /// <inheritdoc/>
    public int Acquire() => 0;

    /// <inheritdoc/>
    public void Release()
    {
    }

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            long at = offset + done;
            int length;
            long place;
            lock (this)
            {
                length = (int)Math.Clamp(_size - at, 0, destination.Length - done);
                if (length == 0)
                    break;
                place = PlaceOf(at, ref length);
            }

            Span<byte> part = destination.Slice(done, length);
            int read = place < 0 ? length : ShmemFile.Read(storage.Memory, place, part);
            if (place < 0)
                part.Clear();
            if (read < 0)
                return done > 0 ? done : read;
            done += read;
        }

        return done;
    }

    /// <inheritdoc/>
    public int Write(long offset, ReadOnlySpan<byte> source, bool force)
    {
        if (source.IsEmpty)
            return 0;
        long missing = MissingIn(offset, source.Length);
        long charged = missing;
        if (force)
            storage.Quota.Add(missing);
        else
            charged = storage.Quota.ChargeUpTo(missing);

        // tmpfs stores what fits and says how much that was.
        int length = charged == missing ? source.Length : PrefixThatNeeds(charged, offset, source.Length);
        long before = _extents.Pages;
        int written = length == 0 ? -Errno.ENOSPC : Store(offset, source[..length]);
        storage.Quota.Add(_extents.Pages - before - charged);
        if (written > 0)
        {
            lock (this)
            {
                _size = Math.Max(_size, offset + written);
                _given?.Remove(PageSize.PageOf(offset), PageSize.PageOf(offset + written - 1));
            }
        }

        return written;
    }

    /// <inheritdoc/>
    public int Punch(long offset, long length)
    {
        long end = offset + length;
        ulong first = (ulong)PageSize.PagesFor(offset);
        ulong endPage = PageSize.PageOf(end);
        if (first > endPage)
            return Zero(offset, length); // within one page
        int error = Zero(offset, RestOfPage(offset));
        if (error == 0)
            error = Zero(PageSize.OffsetOf(endPage), end - PageSize.OffsetOf(endPage));
        return error == 0 && endPage > first ? Free(first, endPage - 1) : error;
    }

    /// <inheritdoc/>
    public int Allocate(long offset, long length, bool keepSize)
    {
        long missing = MissingIn(offset, length);
        long charged = storage.Quota.ChargeUpTo(missing);
        List<Extent> fresh = [];
        int error = charged < missing ? -Errno.ENOSPC : 0;
        ulong end = PageSize.PageOf(offset + length - 1) + 1;
        for (ulong page = PageSize.PageOf(offset); error == 0 && page < end;)
        {
            bool found = _extents.FirstAtOrAfter(page, out Extent extent);
            ulong hole = found ? Math.Min(extent.First, end) : end;
            if (hole > page)
            {
                fresh.Add(new Extent(page, hole - 1, storage.Take((long)(hole - page))));
                error = ShmemFile.Fallocate(
                    storage.Memory, Libc.FALLOC_FL_KEEP_SIZE, PageSize.OffsetOf(fresh[^1].Place), PageSize.OffsetOf(hole - page));
            }

            page = found ? extent.Last + 1 : end;
        }

        if (error < 0)
        {
            foreach (Extent extent in fresh)
                _ = storage.Free(extent.Place, (long)(extent.Last - extent.First + 1));
            storage.Quota.Add(-charged);
            return error;
        }

        lock (this)
        {
            // What was given before is cleared now, and data to SEEK_DATA (mm/shmem.c: shmem_get_folio_gfp).
            _given?.Remove(PageSize.PageOf(offset), end - 1);
            foreach (Extent extent in fresh)
            {
                _extents.Add(extent);
                (_given ??= new PageRuns()).Add(extent.First, extent.Last);
            }

            if (!keepSize)
                _size = Math.Max(_size, offset + length);
        }

        return 0;
    }

    /// <inheritdoc/>
    public int Truncate(long size)
    {
        int error = 0;
        if (size <= _size)
        {
            error = Zero(size, RestOfPage(size));
            if (error == 0)
                error = Free((ulong)PageSize.PagesFor(size), ulong.MaxValue);
        }

        if (error < 0)
            return error;
        lock (this)
            _size = size;
        return 0;
    }

    /// <inheritdoc/>
    public int Stat(out StoreStat stat)
    {
        lock (this)
            stat = new StoreStat(_size, _extents.Pages, 0, 0);
        return 0;
    }

    /// <inheritdoc/>
    public long SeekData(long offset)
    {
        lock (this)
        {
            if (offset < 0 || offset >= _size)
                return -Errno.ENXIO;
            ulong page = PageSize.PageOf(offset);
            while (_extents.FirstAtOrAfter(page, out Extent extent))
            {
                page = Math.Max(page, extent.First);
                if (_given is null || !_given.FirstAtOrAfter(page, out ulong given, out ulong last) || given > page)
                {
                    long data = Math.Max(offset, PageSize.OffsetOf(page));
                    return data < _size ? data : -Errno.ENXIO;
                }

                page = last + 1;
            }

            return -Errno.ENXIO;
        }
    }

    /// <inheritdoc/>
    public long SeekHole(long offset)
    {
        lock (this)
        {
            if (offset < 0 || offset >= _size)
                return -Errno.ENXIO;
            ulong page = PageSize.PageOf(offset);
            while (_extents.FirstAtOrAfter(page, out Extent extent) && extent.First <= page)
            {
                ulong end = extent.Last + 1;
                if (_given is not null && _given.FirstAtOrAfter(page, out ulong given, out _) && given < end)
                {
                    page = Math.Max(page, given);
                    break;
                }

                page = end;
            }

            return page > PageSize.PageOf(_size - 1) ? _size : Math.Max(offset, PageSize.OffsetOf(page));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ = Free(0, ulong.MaxValue);

    /// <summary>Where a byte is, or -1 in a hole, and how many bytes from there on are told of by that.</summary>
    private long PlaceOf(long offset, ref int length)
    {
        ulong page = PageSize.PageOf(offset);
        long inPage = offset & (PageSize.Bytes - 1);
        ulong end = page + (ulong)PageSize.PagesFor(inPage + length);
        bool found = _extents.FirstAtOrAfter(page, out Extent extent);
        bool isHole = !found || extent.First > page;
        if (found)
            end = Math.Min(end, isHole ? extent.First : extent.Last + 1);
        length = (int)Math.Min(length, ((long)(end - page) << PageSize.Shift) - inPage);
        return isHole ? -1 : PageSize.OffsetOf(extent.PlaceOf(page)) + inPage;
    }

    private static long RestOfPage(long offset) => -offset & (PageSize.Bytes - 1);

    // Page by page of what was there before, and of holes; what could not be stored gets no place.
    private int Store(long offset, ReadOnlySpan<byte> source)
    {
        int done = 0;
        while (done < source.Length)
        {
            long at = offset + done;
            int length = source.Length - done;
            long place = PlaceOf(at, ref length);
            ulong page = PageSize.PageOf(at);
            ulong taken = 0;
            long pages = 0;
            if (place < 0)
            {
                pages = (long)(PageSize.PageOf(at + length - 1) - page) + 1;
                taken = storage.Take(pages);
                place = PageSize.OffsetOf(taken) + (at & (PageSize.Bytes - 1));
            }

            int written = ShmemFile.Write(storage.Memory, place, source.Slice(done, length));
            long stored = written <= 0 ? 0 : (long)(PageSize.PageOf(at + written - 1) - page) + 1;
            if (pages > stored)
                _ = storage.Free(taken + (ulong)stored, pages - stored);
            if (pages > 0 && stored > 0)
            {
                lock (this)
                    _extents.Add(new Extent(page, page + (ulong)stored - 1, taken));
            }

            if (written <= 0)
                return done > 0 ? done : written;
            done += written;
        }

        return done;
    }

    // A part of one page.
    private int Zero(long offset, long length)
    {
        int rest = (int)length;
        long place = length == 0 ? -1 : PlaceOf(offset, ref rest);
        return place < 0 ? 0 : ShmemFile.Fallocate(storage.Memory, Libc.FALLOC_FL_PUNCH_HOLE | Libc.FALLOC_FL_KEEP_SIZE, place, length);
    }

    // The places go first: a reader that still knows one sees zeros.
    private int Free(ulong first, ulong last)
    {
        int error = 0;
        long before = _extents.Pages;
        while (error == 0)
        {
            Extent cut;
            lock (this)
            {
                if (!_extents.TryCut(first, last, out cut))
                    break;
                _given?.Remove(cut.First, cut.Last);
            }

            error = storage.Free(cut.Place, (long)(cut.Last - cut.First + 1));
        }

        storage.Quota.Add(_extents.Pages - before);
        return error;
    }

    private long MissingIn(long offset, long length)
    {
        ulong page = PageSize.PageOf(offset);
        ulong end = PageSize.PageOf(offset + length - 1) + 1;
        long missing = (long)(end - page);
        while (page < end && _extents.FirstAtOrAfter(page, out Extent extent) && extent.First < end)
        {
            missing -= (long)(Math.Min(extent.Last + 1, end) - Math.Max(extent.First, page));
            page = extent.Last + 1;
        }

        return missing;
    }

    private int PrefixThatNeeds(long pages, long offset, int length)
    {
        ulong page = PageSize.PageOf(offset);
        ulong last = PageSize.PageOf(offset + length - 1);
        while (page <= last && ((_extents.FirstAtOrAfter(page, out Extent extent) && extent.First <= page) || pages-- > 0))
            page++;
        return (int)Math.Clamp(PageSize.OffsetOf(page) - offset, 0, length);
    }
}
