using KernelModel.Mapping;

namespace KernelModel.Tests.Mapping;

/// <summary>Bytes in a dictionary of pages, with the limit that a tmpfs would keep.</summary>
internal sealed class MemoryStorage(long limitPages = 0) : IBackingStorage
{
    private long _used;

    public long LimitPages => limitPages;

    public long UsedPages => Interlocked.Read(ref _used);

    public long ExcessPages => limitPages == 0 ? 0 : Math.Max(0, UsedPages - limitPages);

    /// <summary>As if somebody had mapped the bytes of every file.</summary>
    public bool HasOtherUsers { get; set; }

    /// <summary>As if the machine had no descriptor left.</summary>
    public bool Exhausted { get; set; }

    /// <summary>What a punch answers after it has freed so many pages; 0 lets it succeed.</summary>
    public (int Error, int Freed) FailingPunch { get; set; }

    public long AwaitFrees() => 0;

    public int Create(out IBackingStore? created)
    {
        created = Exhausted ? null : new MemoryStore(this);
        return Exhausted ? -Errno.ENFILE : 0;
    }

    private bool TryCharge(bool force)
    {
        if (Interlocked.Increment(ref _used) <= limitPages || limitPages == 0 || force)
            return true;
        Interlocked.Decrement(ref _used);
        return false;
    }

    private sealed class MemoryStore(MemoryStorage storage) : IBackingStore
    {
        private readonly Lock _lock = new();
        private readonly SortedList<long, byte[]> _pages = [];
        private long _size;

        public bool HasOtherUsers => storage.HasOtherUsers;

        public int Acquire() => 0;

        public void Release()
        {
        }

        public int Read(long offset, Span<byte> destination)
        {
            lock (_lock)
            {
                int length = (int)Math.Clamp(_size - offset, 0, destination.Length);
                for (int done = 0; done < length;)
                {
                    Span<byte> part = Part(offset + done, destination[done..length], out long page, out int at);
                    if (_pages.TryGetValue(page, out byte[]? bytes))
                        bytes.AsSpan(at, part.Length).CopyTo(part);
                    else
                        part.Clear();
                    done += part.Length;
                }

                return length;
            }
        }

        public int Write(long offset, ReadOnlySpan<byte> source, bool force)
        {
            lock (_lock)
            {
                int done = 0;
                while (done < source.Length)
                {
                    long page = (offset + done) >> PageSize.Shift;
                    int at = (int)((offset + done) % PageSize.Bytes);
                    if (!TryGive(page, force))
                        break;
                    int length = Math.Min(PageSize.Bytes - at, source.Length - done);
                    source.Slice(done, length).CopyTo(_pages[page].AsSpan(at));
                    done += length;
                }

                if (done > 0)
                    _size = Math.Max(_size, offset + done);
                return done > 0 ? done : -Errno.ENOSPC;
            }
        }

        public int Punch(long offset, long length)
        {
            lock (_lock)
            {
                if (storage.FailingPunch.Error != 0)
                    Drop(offset, offset + ((long)storage.FailingPunch.Freed << PageSize.Shift));
                else
                    Drop(offset, length > long.MaxValue - offset ? long.MaxValue : offset + length);
                return storage.FailingPunch.Error;
            }
        }

        public int Allocate(long offset, long length, bool keepSize)
        {
            lock (_lock)
            {
                List<long> given = [];
                for (long page = offset >> PageSize.Shift; page < PageSize.PagesFor(offset + length); page++)
                {
                    if (_pages.ContainsKey(page))
                        continue;
                    if (!TryGive(page, force: false))
                    {
                        given.ForEach(Take);
                        return -Errno.ENOSPC;
                    }

                    given.Add(page);
                }

                if (!keepSize)
                    _size = Math.Max(_size, offset + length);
                return 0;
            }
        }

        public int Truncate(long size)
        {
            lock (_lock)
            {
                Drop(size, long.MaxValue);
                _size = size;
            }

            return 0;
        }

        public int Stat(out StoreStat stat)
        {
            lock (_lock)
                stat = new StoreStat(_size, _pages.Count, default, default);
            return 0;
        }

        public long SeekData(long offset)
        {
            lock (_lock)
            {
                if (offset < 0 || offset >= _size)
                    return -Errno.ENXIO;
                foreach (long page in _pages.Keys)
                {
                    if (page << PageSize.Shift < _size && page >= offset >> PageSize.Shift)
                        return Math.Max(offset, page << PageSize.Shift);
                }

                return -Errno.ENXIO;
            }
        }

        public long SeekHole(long offset)
        {
            lock (_lock)
            {
                if (offset < 0 || offset >= _size)
                    return -Errno.ENXIO;
                long page = offset >> PageSize.Shift;
                if (!_pages.ContainsKey(page))
                    return offset;
                while (_pages.ContainsKey(page))
                    page++;
                return Math.Min(_size, page << PageSize.Shift);
            }
        }

        public void Dispose() => Truncate(0);

        private static Span<byte> Part(long offset, Span<byte> rest, out long page, out int at)
        {
            page = offset >> PageSize.Shift;
            at = (int)(offset % PageSize.Bytes);
            return rest[..Math.Min(rest.Length, PageSize.Bytes - at)];
        }

        private bool TryGive(long page, bool force)
        {
            if (_pages.ContainsKey(page))
                return true;
            if (!storage.TryCharge(force))
                return false;
            _pages.Add(page, new byte[PageSize.Bytes]);
            return true;
        }

        private void Take(long page)
        {
            if (_pages.Remove(page))
                Interlocked.Decrement(ref storage._used);
        }

        // Whole pages go, parts become zeros.
        private void Drop(long from, long to)
        {
            foreach (long page in _pages.Keys.ToArray())
            {
                long start = Math.Max(from, page << PageSize.Shift);
                long end = Math.Min(to, (page + 1) << PageSize.Shift);
                if (end - start == PageSize.Bytes)
                    Take(page);
                else if (end > start)
                    _pages[page].AsSpan((int)(start % PageSize.Bytes), (int)(end - start)).Clear();
            }
        }
    }
}
