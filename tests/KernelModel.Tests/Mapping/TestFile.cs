using KernelModel.Mapping;
using KernelModel.Vrange;

namespace KernelModel.Tests.Mapping;

/// <summary>A file as its inode would hold it, spoken to in pages. Opened once.</summary>
internal sealed class TestFile : IMappingHost
{
    private readonly MappingDomain _domain;

    public TestFile(long limitPages = 0, bool sigbus = false, bool pageCache = false)
        : this(new MappingDomain(new MemoryStorage(limitPages), new VrangeLru(), sigbus), pageCache)
    {
    }

    public TestFile(MappingDomain domain, bool pageCache = false)
    {
        _domain = domain;
        HasPageCache = pageCache;
        Mapping = new AddressSpace(this);
        Assert.Equal(0, Mapping.Hold());
    }

    public AddressSpace Mapping { get; }

    public MappingDomain Domain => _domain;

    public VrangeLru Lru => _domain.Lru;

    public MemoryStorage Storage => (MemoryStorage)_domain.Storage;

    /// <summary>Whether a purge has a page cache in front of it to empty.</summary>
    public bool HasPageCache { get; set; }

    /// <summary>Purges that wait for their end.</summary>
    public Queue<PurgeWindow> Windows { get; } = new();

    /// <summary>How often mtime moved.</summary>
    public int Purges { get; private set; }

    public void OnPurged() => Purges++;

    public bool BeginInvalidate(PurgeWindow window)
    {
        if (HasPageCache)
            Windows.Enqueue(window);
        return HasPageCache;
    }

    /// <summary>Pages that tasks of the model have stored.</summary>
    public List<ulong> StoredBehind { get; } = [];

    public void OnStoredBehind(ulong first, ulong last) => StoredBehind.Add(first);

    public void EndPurge() => Mapping.EndPurge(Windows.Dequeue());

    /// <summary>Writes pages; the first bytes of each say which it is.</summary>
    public void Fill(long first, long last, byte version = 1)
    {
        for (long page = first; page <= last; page++)
            Assert.Equal(PageSize.Bytes, Mapping.Write(page * PageSize.Bytes, Content(page, version)));
    }

    public void Mark(ulong first, ulong last, VrangeBehavior behavior = VrangeBehavior.Full) => Mapping.Mark(first, last, behavior);

    public VrangeLoss Unmark(ulong first, ulong last)
    {
        Assert.True(Mapping.TryUnmark(first, last, report: true, out VrangeLoss loss));
        return loss;
    }

    /// <summary>Makes the system want pages.</summary>
    public long Discard(long pages = long.MaxValue) => Lru.Discard(pages, VrangeOwners.All, wait: false);

    /// <summary>What a page holds: 'x' never written, '.' zeros, 'E' EIO, else the version that was written.</summary>
    public string Pages(long first, long last)
    {
        byte[] buffer = new byte[PageSize.Bytes];
        return string.Concat(Enumerable.Range((int)first, (int)(last - first + 1)).Select(page =>
        {
            int read = Mapping.Read((long)page * PageSize.Bytes, buffer);
            return read == -Errno.EIO ? "E"
                : read == 0 ? "x"
                : buffer.AsSpan(0, read).IndexOfAnyExcept((byte)0) < 0 ? "."
                : buffer.AsSpan(0, read).SequenceEqual(Content(page, buffer[0]).AsSpan(0, read)) ? $"{buffer[0]}"
                : "?";
        }));
    }

    public string Listing()
    {
        List<VrangeEntry> entries = [];
        Mapping.ListVranges(0, ulong.MaxValue, entries);
        return string.Join(' ', entries.Select(entry => $"{entry.First}-{entry.Last}{(entry.Purged ? 'p' : 'v')}"));
    }

    public static byte[] Content(long page, byte version)
    {
        byte[] bytes = new byte[PageSize.Bytes];
        bytes.AsSpan().Fill((byte)(page + 1));
        bytes[0] = version;
        return bytes;
    }

    /// <summary>Pages as one write-back brings them.</summary>
    public static byte[] Contents(long first, long last, byte version)
        => [.. Enumerable.Range((int)first, (int)(last - first + 1)).SelectMany(page => Content(page, version))];
}
