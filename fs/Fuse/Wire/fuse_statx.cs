using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>What statx(2) shows.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct fuse_statx
{
    /// <summary>Fields that are valid, STATX_*.</summary>
    public uint mask;

    /// <summary>Preferred size of I/O.</summary>
    public uint blksize;

    /// <summary>STATX_ATTR_*.</summary>
    public ulong attributes;

    /// <summary>Number of names.</summary>
    public uint nlink;

    /// <summary>Owner.</summary>
    public uint uid;

    /// <summary>Group.</summary>
    public uint gid;

    /// <summary>File type and permission bits.</summary>
    public ushort mode;

    /// <summary>Not used; keeps the layout.</summary>
    public ushort __spare0;

    /// <summary>Inode number.</summary>
    public ulong ino;

    /// <summary>Length in bytes.</summary>
    public ulong size;

    /// <summary>Allocated units of 512 bytes.</summary>
    public ulong blocks;

    /// <summary>Attributes that are known.</summary>
    public ulong attributes_mask;

    /// <summary>Last access.</summary>
    public fuse_sx_time atime;

    /// <summary>Birth.</summary>
    public fuse_sx_time btime;

    /// <summary>Last change of the inode.</summary>
    public fuse_sx_time ctime;

    /// <summary>Last change of the contents.</summary>
    public fuse_sx_time mtime;

    /// <summary>Device number of a device node.</summary>
    public uint rdev_major;

    /// <summary>Device number of a device node.</summary>
    public uint rdev_minor;

    /// <summary>Not read by the kernel.</summary>
    public uint dev_major;

    /// <summary>Not read by the kernel.</summary>
    public uint dev_minor;

    /// <summary>Not used; keeps the layout.</summary>
    public fixed ulong __spare2[14];
}
