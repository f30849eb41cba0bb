using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>MKNOD; the name follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_mknod_in
{
    /// <summary>File type and permission bits.</summary>
    public uint mode;

    /// <summary>Device number, in the kernel's 32 bit encoding.</summary>
    public uint rdev;

    /// <summary>The caller's umask.</summary>
    public uint umask;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}
