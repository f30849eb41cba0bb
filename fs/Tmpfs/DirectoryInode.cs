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

    // Made with the first name.
    private NameTable? _names;
    private ulong _nextCookie = FirstCookie;

    /// <summary>The directory above; the root is its own. Null once removed.</summary>
    public DirectoryInode? Parent { get; set; }

    /// <summary>Names, without "." and "..".</summary>
    public int Count => _names?.Count ?? 0;

    /// <inheritdoc/>
    public override StoreStat Contents => new() { Size = (long)Count * EntrySize };

    public Inode? Find(ReadOnlySpan<byte> name) => _names?.Find(name);

    /// <summary>Adds a name that is not there. Takes the monitor of the inode.</summary>
    public void Add(ReadOnlySpan<byte> name, Inode inode)
    {
        byte[] bytes = name.ToArray();
        (_names ??= new NameTable()).Add(bytes, inode, _nextCookie++);
        lock (inode)
            inode.AddName(new Dentry(this, bytes));
    }

    /// <summary>Removes a name that is there. Takes the monitor of the inode.</summary>
    public void Remove(ReadOnlySpan<byte> name)
    {
        DirectoryEntry removed = _names!.Remove(name);
        lock (removed.Inode!)
            removed.Inode.RemoveName(new Dentry(this, removed.Name!));
    }

    /// <summary>The cookie that the next name gets; it is above all there ever were.</summary>
    public ulong NextCookie => _nextCookie;

    /// <summary>See <see cref="NameTable.Between"/>.</summary>
    public ReadOnlySpan<DirectoryEntry> EntriesBetween(ulong first, ulong end) => _names is null ? default : _names.Between(first, end);
}
