using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>The attributes of an inode.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_attr
{
    /// <summary>Inode number as stat shows it.</summary>
    public ulong ino;

    /// <summary>Length in bytes.</summary>
    public ulong size;

    /// <summary>Allocated units of 512 bytes.</summary>
    public ulong blocks;

    /// <summary>Last access, seconds.</summary>
    public ulong atime;

    /// <summary>Last change of the contents, seconds.</summary>
    public ulong mtime;

    /// <summary>Last change of the inode, seconds.</summary>
    public ulong ctime;

    /// <summary>Last access, nanoseconds.</summary>
    public uint atimensec;

    /// <summary>Last change of the contents, nanoseconds.</summary>
    public uint mtimensec;

    /// <summary>Last change of the inode, nanoseconds.</summary>
    public uint ctimensec;

    /// <summary>File type and permission bits.</summary>
    public uint mode;

    /// <summary>Number of names.</summary>
    public uint nlink;

    /// <summary>Owner.</summary>
    public uint uid;

    /// <summary>Group.</summary>
    public uint gid;

    /// <summary>Device number of a device node, in the kernel's 32 bit encoding.</summary>
    public uint rdev;

    /// <summary>Preferred size of I/O; 0 leaves the choice to the kernel.</summary>
    public uint blksize;

    /// <summary>See <see cref="AttrFlags"/>.</summary>
    public uint flags;
}
