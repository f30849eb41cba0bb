namespace KernelModel.Mapping;

/// <summary>read, write, truncate, fallocate and seek, as shmem answers them.</summary>
public sealed partial class AddressSpace
{
    private const int EIO = 5;
    private const int ENXIO = 6;
    private const int ENOMEM = 12;
    private const int ENOSPC = 28;

    /// <summary>Reads what there is up to i_size; holes are zeros.</summary>
    /// <returns>Bytes read, 0 at and past the end; -EIO for a purged page under the sigbus behaviour (R10).</returns>
    public int Read(long offset, Span<byte> destination)
    {
        IBackingStore? store;
        lock (_lock)
        {
            if (offset >= _size || destination.IsEmpty)
                return 0;
            destination = destination[..(int)Math.Min(destination.Length, _size - offset)];
            if (_dead is not null && _dead.Overlaps(PageSize.PageOf(offset), PageSize.PageOf(offset + destination.Length - 1)))
                return -EIO;
            store = _store;
        }

        // Not under the lock: the store is coherent by itself, and a purge that comes now is followed by an
        // invalidation of what this read brings to the page cache.
        if (store is not null)
            return store.Read(offset, destination);
        destination.Clear();
        return destination.Length;
    }

    /// <summary>
    /// Stores bytes and extends i_size. Room is made by purging volatile ranges before anybody sees ENOSPC (R17).
    /// </summary>
    /// <param name="offset">Byte offset; ignored with <paramref name="append"/>.</param>
    /// <param name="source">The bytes.</param>
    /// <param name="append">Write at i_size (O_APPEND).</param>
    /// <returns>Bytes stored, fewer than asked when the space ends there; -ENOSPC, -ENOMEM, -EIO.</returns>
    public int Write(long offset, ReadOnlySpan<byte> source, bool append = false)
    {
        if (source.IsEmpty)
            return 0;

        for (bool exhausted = false; ;)
        {
            long shortage;
            lock (_lock)
            {
                if (append)
                    offset = _size;
                long missing = MissingIn(offset, source.Length);
                long charged = domain.Quota.ChargeUpTo(missing);
                if (charged == missing)
                    return StoreCharged(offset, source, charged);

                if (exhausted)
                {
                    // tmpfs stores what fits and says how much that was.
                    int fits = PrefixThatNeeds(charged, offset, source.Length);
                    if (fits > 0)
                        return StoreCharged(offset, source[..fits], charged);
                    domain.Quota.Uncharge(charged);
                    return -ENOSPC;
                }

                domain.Quota.Uncharge(charged);
                shortage = missing - charged;
            }

            exhausted = domain.Quota.Reclaim(shortage) == 0;
        }
    }

    /// <summary>
    /// Takes dirty pages that the host writes back. Never refused for space; what lies in a running purge is the purged
    /// data and is dropped, page by page, its neighbours are kept (R12, R17). Does not extend i_size.
    /// </summary>
    public int WriteBack(long offset, ReadOnlySpan<byte> source)
    {
        int result;
        lock (_lock)
        {
            result = WriteBackLocked(offset, source[..(int)Math.Clamp(_size - offset, 0, source.Length)]);
        }

        long excess = domain.Quota.Excess;
        if (excess > 0)
            domain.Quota.Reclaim(excess);
        return result < 0 ? result : source.Length;
    }

    /// <summary>Sets i_size. Shrinking frees pages; marks stay as they are, only size 0 ends tombstones (R11).</summary>
    public int Truncate(long size)
    {
        lock (_lock)
        {
            if (size < _size && _store is not null)
            {
                int error = _store.Truncate(size);
                if (error < 0)
                    return error;
                ulong firstGone = (ulong)PageSize.PagesFor(size);
                domain.Quota.Uncharge(_present.Remove(firstGone, ulong.MaxValue));
                Revive(firstGone, ulong.MaxValue);
            }

            _size = size;
            if (size == 0 && _vranges is not null)
            {
                _vranges.ForgetTombstones();
                ReleaseEmptyRoot();
            }

            if (size == 0 && _vranges is null)
                ForgetLoss(0, ulong.MaxValue);
            return 0;
        }
    }

    /// <summary>Makes a hole; whole pages are freed, the rest is zeroed. Marks stay as they are (R11).</summary>
    public int PunchHole(long offset, long length)
    {
        lock (_lock)
        {
            if (_store is null)
                return 0;
            int error = _store.Punch(offset, length);
            if (error < 0)
                return error;

            ulong first = (ulong)PageSize.PagesFor(offset);
            ulong end = PageSize.PageOf(offset + length);
            if (end > first)
            {
                domain.Quota.Uncharge(_present.Remove(first, end - 1));
                Revive(first, end - 1);
            }

            return 0;
        }
    }

    /// <summary>Gives every page of the range memory, all or nothing (fallocate).</summary>
    /// <param name="offset">Bytes.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="keepSize">FALLOC_FL_KEEP_SIZE.</param>
    public int Allocate(long offset, long length, bool keepSize)
    {
        for (bool exhausted = false; ;)
        {
            long shortage;
            lock (_lock)
            {
                long missing = MissingIn(offset, length);
                long charged = domain.Quota.ChargeUpTo(missing);
                if (charged == missing)
                {
                    int error = WithStore() is IBackingStore store ? store.Allocate(offset, length) : -ENOMEM;
                    if (error < 0)
                    {
                        domain.Quota.Uncharge(charged);
                        return error;
                    }

                    _present.Add(PageSize.PageOf(offset), PageSize.PageOf(offset + length - 1));
                    if (!keepSize)
                        _size = Math.Max(_size, offset + length);
                    return 0;
                }

                domain.Quota.Uncharge(charged);
                if (exhausted)
                    return -ENOSPC;
                shortage = missing - charged;
            }

            exhausted = domain.Quota.Reclaim(shortage) == 0;
        }
    }

    /// <summary>SEEK_DATA: the first byte at or above offset that has memory, or -ENXIO.</summary>
    public long SeekData(long offset)
    {
        lock (_lock)
        {
            if (offset < 0 || offset >= _size || !_present.FirstAtOrAfter(PageSize.PageOf(offset), out ulong first, out _))
                return -ENXIO;
            long data = Math.Max(offset, PageSize.OffsetOf(first));
            return data < _size ? data : -ENXIO;
        }
    }

    /// <summary>SEEK_HOLE: the first byte at or above offset that has none, i_size at the latest, or -ENXIO.</summary>
    public long SeekHole(long offset)
    {
        lock (_lock)
        {
            if (offset < 0 || offset >= _size)
                return -ENXIO;
            return _present.FirstAtOrAfter(PageSize.PageOf(offset), out ulong first, out ulong last) && first <= PageSize.PageOf(offset)
                ? Math.Min(_size, PageSize.OffsetOf(last + 1))
                : offset;
        }
    }

    private IBackingStore? WithStore() => _store ??= host.CreateStore();

    private long MissingIn(long offset, long length)
    {
        ulong first = PageSize.PageOf(offset);
        ulong last = PageSize.PageOf(offset + length - 1);
        return (long)(last - first + 1) - _present.CountIn(first, last);
    }

    /// <summary>How many bytes can be stored when only <paramref name="pages"/> missing pages may be added.</summary>
    private int PrefixThatNeeds(long pages, long offset, int length)
    {
        ulong page = PageSize.PageOf(offset);
        ulong last = PageSize.PageOf(offset + length - 1);
        while (page <= last && (_present.Overlaps(page, page) || pages-- > 0))
            page++;
        return (int)Math.Clamp(PageSize.OffsetOf(page) - offset, 0, length);
    }

    private int StoreCharged(long offset, ReadOnlySpan<byte> source, long charged)
    {
        int written = WithStore() is IBackingStore store ? store.Write(offset, source) : -ENOMEM;
        if (written <= 0)
        {
            domain.Quota.Uncharge(charged);
            return written;
        }

        ulong first = PageSize.PageOf(offset);
        ulong last = PageSize.PageOf(offset + written - 1);
        domain.Quota.Uncharge(charged - _present.Add(first, last));
        Revive(first, last);
        _size = Math.Max(_size, offset + written);
        return written;
    }

    private int WriteBackLocked(long offset, ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            int length = source.Length;
            bool dropped = false;
            if (_windows is not null)
                length = RunOfOneFate(offset, length, out dropped);

            if (dropped)
            {
                DropPurged(PageSize.PageOf(offset), PageSize.PageOf(offset + length - 1));
            }
            else
            {
                long missing = MissingIn(offset, length);
                domain.Quota.ForceCharge(missing);
                int stored = StoreCharged(offset, source[..length], missing);
                if (stored < 0)
                    return stored;
            }

            source = source[length..];
            offset += length;
        }

        return 0;
    }

    private void Revive(ulong first, ulong last)
    {
        if (_dead is not null && _dead.Remove(first, last) > 0 && _dead.IsEmpty)
            _dead = null;
    }
}
