using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>GETATTR.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_getattr_in
{
    /// <summary>See <see cref="GetAttrFlags"/>.</summary>
    public uint getattr_flags;

    /// <summary>Not used; keeps the layout.</summary>
    public uint dummy;

    /// <summary>The open file, if the flags say so.</summary>
    public ulong fh;
}
