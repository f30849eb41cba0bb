using KernelModel.Mapping;

namespace Fs.Tmpfs;

/// <summary>A directory. Names, order and parent are guarded by the monitor of the object.</summary>
internal sealed class DirectoryInode(Superblock superblock, uint mode)
    : Inode(superblock, FileMode.S_IFDIR | (mode & FileMode.PermissionBits))
{
    /// <summary>What one entry adds to st_size (mm/shmem.c: BOGO_DIRENT_SIZE).</summary>
    private const int EntrySize = 20;

    /// <summary>The first cookie of an entry; the ones below belong to "." and "..".</summary>
    public const ulong FirstCookie = 3;

    private readonly Dictionary<byte[], Dentry> _names = new(NameComparer.Instance);

    // In the order of their cookies. Names that went leave a hole until half of the list is holes, so a listing that is
    // under way finds its place again whatever comes and goes.
    private readonly List<(ulong Cookie, Dentry? Entry)> _order = [];
    private ulong _nextCookie = FirstCookie;

    /// <summary>The directory above; the root is its own. Null once removed.</summary>
    public DirectoryInode? Parent { get; set; }

    /// <summary>Names, without "." and "..".</summary>
    public int Count => _names.Count;

    /// <inheritdoc/>
    public override StoreStat Contents => new() { Size = (long)_names.Count * EntrySize };

    public Dentry? Find(ReadOnlySpan<byte> name)
        => _names.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(name, out Dentry? entry) ? entry : null;

    public Dentry Add(ReadOnlySpan<byte> name, Inode inode)
    {
        var entry = new Dentry(this, name.ToArray(), inode) { Cookie = _nextCookie++ };
        _names.Add(entry.Name, entry);
        _order.Add((entry.Cookie, entry));
        lock (inode)
        {
            entry.NextAlias = inode.Aliases;
            inode.Aliases = entry;
        }

        return entry;
    }

    public void Remove(Dentry entry)
    {
        _names.Remove(entry.Name);
        _order[IndexOf(entry.Cookie)] = (entry.Cookie, null);
        if (_order.Count > 64 && _order.Count > _names.Count * 2)
            _order.RemoveAll(static slot => slot.Entry is null);
        lock (entry.Inode)
            RemoveAlias(entry);
    }

    /// <summary>The first entry whose cookie is at or above a cookie.</summary>
    public Dentry? NextEntry(ulong cookie)
    {
        for (int i = IndexOf(cookie); i < _order.Count; i++)
        {
            if (_order[i].Entry is Dentry entry)
                return entry;
        }

        return null;
    }

    // Binary search: the index of the cookie, or of the next one above.
    private int IndexOf(ulong cookie)
    {
        int low = 0;
        int high = _order.Count;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            if (_order[middle].Cookie < cookie)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private static void RemoveAlias(Dentry entry)
    {
        Inode inode = entry.Inode;
        inode.FormerAlias = entry;
        if (inode.Aliases == entry)
        {
            inode.Aliases = entry.NextAlias;
            return;
        }

        for (Dentry? alias = inode.Aliases; alias is not null; alias = alias.NextAlias)
        {
            if (alias.NextAlias == entry)
            {
                alias.NextAlias = entry.NextAlias;
                return;
            }
        }
    }
}
