using System.Collections.Concurrent;
using KernelModel.Mapping;

namespace KernelModel.Tests.Mapping;

/// <summary>
/// A file with a page cache in front that works as the kernel's does: stores make pages dirty, write-back brings them
/// with their neighbours, and a thread of its own empties the pages of a purge and ends it.
/// </summary>
internal sealed class CachedFile : IMappingHost, IDisposable
{
    private readonly Lock _cacheLock = new();
    private readonly Dictionary<long, (byte Version, bool Dirty)> _cache = [];
    private readonly BlockingCollection<PurgeWindow> _windows = [];
    private readonly Thread _host;

    public CachedFile(MappingDomain domain, int pages)
    {
        Domain = domain;
        Mapping = new AddressSpace(this);
        Assert.Equal(0, Mapping.Hold());
        Assert.Equal(0, Mapping.Truncate(pages * PageSize.Bytes));
        _host = new Thread(EmptyCache) { IsBackground = true };
        _host.Start();
    }

    public AddressSpace Mapping { get; }

    public MappingDomain Domain { get; }

    public void OnPurged()
    {
    }

    public bool BeginInvalidate(PurgeWindow window)
    {
        _windows.Add(window);
        return true;
    }

    /// <summary>As a store through a mapping does.</summary>
    public void Store(long page, byte version)
    {
        lock (_cacheLock)
            _cache[page] = (version, true);
    }

    /// <summary>As write(2) does: through to the store, or nothing when that is full.</summary>
    public bool TryWrite(long page, byte version)
    {
        lock (_cacheLock)
        {
            int written = Mapping.Write(page * PageSize.Bytes, TestFile.Content(page, version));
            if (written == -Errno.ENOSPC)
                return false;
            Assert.Equal(PageSize.Bytes, written);
            _cache.Remove(page);
            return true;
        }
    }

    /// <summary>The version that a reader sees, 0 for zeros.</summary>
    public int Load(long page)
    {
        lock (_cacheLock)
        {
            if (_cache.TryGetValue(page, out (byte Version, bool Dirty) cached))
                return cached.Version;
            byte[] bytes = new byte[PageSize.Bytes];
            Assert.Equal(PageSize.Bytes, Mapping.Read(page * PageSize.Bytes, bytes));
            return bytes[0];
        }
    }

    /// <summary>Writes the dirty pages of a range back, each run of neighbours in one piece.</summary>
    public void Flush(long first, long last)
    {
        lock (_cacheLock)
        {
            for (long page = first; page <= last; page++)
            {
                long run = page;
                List<byte> bytes = [];
                for (; _cache.TryGetValue(run, out (byte Version, bool Dirty) cached) && cached.Dirty; run++)
                {
                    bytes.AddRange(TestFile.Content(run, cached.Version));
                    _cache[run] = (cached.Version, false);
                }

                // What is refused is clean from then on all the same (mm/page-writeback.c).
                if (bytes.Count > 0 && Mapping.WriteBack(page * PageSize.Bytes, bytes.ToArray()) is int taken and not -Errno.ENOSPC)
                    Assert.Equal(bytes.Count, taken);
                page = Math.Max(page, run - 1);
            }
        }
    }

    public void Dispose()
    {
        _windows.CompleteAdding();
        _host.Join();
        _windows.Dispose();
    }

    // fs/fuse/inode.c: fuse_reverse_inval_inode: write back, then drop.
    private void EmptyCache()
    {
        foreach (PurgeWindow window in _windows.GetConsumingEnumerable())
        {
            long first = (long)window.First;
            long last = (long)window.Last;
            lock (_cacheLock)
            {
                Flush(Math.Max(0, first - 1), last);
                for (long page = first; page <= last; page++)
                    _cache.Remove(page);
            }

            window.Mapping.EndPurge(window);
        }
    }
}
