using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>FSYNC and FSYNCDIR.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_fsync_in
{
    /// <summary>The handle OPEN answered.</summary>
    public ulong fh;

    /// <summary>See <see cref="FsyncFlags"/>.</summary>
    public uint fsync_flags;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}
