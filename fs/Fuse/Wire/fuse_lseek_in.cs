using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>LSEEK.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_lseek_in
{
    /// <summary>The handle OPEN answered.</summary>
    public ulong fh;

    /// <summary>Where to start.</summary>
    public ulong offset;

    /// <summary>SEEK_DATA or SEEK_HOLE.</summary>
    public uint whence;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}
