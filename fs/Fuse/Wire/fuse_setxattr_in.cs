using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>SETXATTR; the name and the value follow. Without FUSE_SETXATTR_EXT only the first two fields are sent.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_setxattr_in
{
    /// <summary>Length of the value.</summary>
    public uint size;

    /// <summary>XATTR_CREATE or XATTR_REPLACE.</summary>
    public uint flags;

    /// <summary>See <see cref="SetXAttrFlags"/>.</summary>
    public uint setxattr_flags;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}
