using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Answers STATX.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct fuse_statx_out
{
    /// <summary>How long the attributes may be cached, seconds.</summary>
    public ulong attr_valid;

    /// <summary>How long the attributes may be cached, nanoseconds.</summary>
    public uint attr_valid_nsec;

    /// <summary>Not used.</summary>
    public uint flags;

    /// <summary>Not used; keeps the layout.</summary>
    public fixed ulong spare[2];

    /// <summary>The attributes.</summary>
    public fuse_statx stat;
}
