using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>FALLOCATE.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_fallocate_in
{
    /// <summary>The handle OPEN answered.</summary>
    public ulong fh;

    /// <summary>Where to start.</summary>
    public ulong offset;

    /// <summary>Bytes.</summary>
    public ulong length;

    /// <summary>FALLOC_FL_*.</summary>
    public uint mode;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}
