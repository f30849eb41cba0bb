using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>STATX.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_statx_in
{
    /// <summary>See <see cref="GetAttrFlags"/>.</summary>
    public uint getattr_flags;

    /// <summary>Not used; keeps the layout.</summary>
    public uint reserved;

    /// <summary>The open file, if the flags say so.</summary>
    public ulong fh;

    /// <summary>AT_STATX_*.</summary>
    public uint sx_flags;

    /// <summary>Wanted fields, STATX_*.</summary>
    public uint sx_mask;
}
