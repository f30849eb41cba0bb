using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>What statfs shows.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct fuse_kstatfs
{
    /// <summary>Blocks in all.</summary>
    public ulong blocks;

    /// <summary>Free blocks.</summary>
    public ulong bfree;

    /// <summary>Blocks free for unprivileged users.</summary>
    public ulong bavail;

    /// <summary>Inodes in all.</summary>
    public ulong files;

    /// <summary>Free inodes.</summary>
    public ulong ffree;

    /// <summary>Preferred size of I/O.</summary>
    public uint bsize;

    /// <summary>Longest name.</summary>
    public uint namelen;

    /// <summary>Size of the blocks counted here.</summary>
    public uint frsize;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;

    /// <summary>Not used; keeps the layout.</summary>
    public fixed uint spare[6];
}
