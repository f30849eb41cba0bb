using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Answers LOOKUP and everything that makes a name.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_entry_out
{
    /// <summary>The node; 0 says that the name does not exist and may be cached as such.</summary>
    public ulong nodeid;

    /// <summary>Tells apart inodes that had the same node id at different times.</summary>
    public ulong generation;

    /// <summary>How long the name may be cached, seconds.</summary>
    public ulong entry_valid;

    /// <summary>How long the attributes may be cached, seconds.</summary>
    public ulong attr_valid;

    /// <summary>How long the name may be cached, nanoseconds.</summary>
    public uint entry_valid_nsec;

    /// <summary>How long the attributes may be cached, nanoseconds.</summary>
    public uint attr_valid_nsec;

    /// <summary>The attributes.</summary>
    public fuse_attr attr;
}
