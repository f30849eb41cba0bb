using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>GETXATTR and LISTXATTR.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_getxattr_in
{
    /// <summary>Room of the caller; 0 asks for the length.</summary>
    public uint size;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}

/// <summary>Answers GETXATTR and LISTXATTR that ask for the length.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_getxattr_out
{
    /// <summary>The length.</summary>
    public uint size;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}

/// <summary>SETXATTR; the name and the value follow. Without FUSE_SETXATTR_EXT only the first two fields are sent.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_setxattr_in
{
    /// <summary>Length of the value.</summary>
    public uint size;

    /// <summary>XATTR_CREATE or XATTR_REPLACE.</summary>
    public uint flags;

    /// <summary>What else is to change.</summary>
    public SetXAttrFlags setxattr_flags;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}

/// <summary>Bits of <see cref="fuse_setxattr_in.setxattr_flags"/>.</summary>
[Flags]
public enum SetXAttrFlags : uint
{
    /// <summary>Drop setgid with the new system.posix_acl_access.</summary>
    FUSE_SETXATTR_ACL_KILL_SGID = 1u << 0,
}
