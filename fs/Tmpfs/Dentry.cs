namespace Fs.Tmpfs;

/// <summary>A name in a directory. Guarded by the monitor of the directory.</summary>
internal sealed class Dentry(DirectoryInode parent, byte[] name, Inode inode)
{
    public DirectoryInode Parent { get; } = parent;

    /// <summary>The name, without a NUL.</summary>
    public byte[] Name { get; } = name;

    public Inode Inode { get; } = inode;

    /// <summary>The place in the listing; it never changes while the name exists.</summary>
    public ulong Cookie { get; set; }

    /// <summary>Another name of the same file. Guarded by the monitor of the inode.</summary>
    public Dentry? NextAlias { get; set; }
}
