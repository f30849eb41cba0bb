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

    /// <summary>What is special about the node.</summary>
    public AttrFlags flags;
}

/// <summary>Bits of <see cref="fuse_attr.flags"/>.</summary>
[Flags]
public enum AttrFlags : uint
{
    /// <summary>The root of a submount.</summary>
    FUSE_ATTR_SUBMOUNT = 1u << 0,

    /// <summary>DAX for this file.</summary>
    FUSE_ATTR_DAX = 1u << 1,
}

/// <summary>Answers GETATTR and SETATTR.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_attr_out
{
    /// <summary>How long the attributes may be cached, seconds.</summary>
    public ulong attr_valid;

    /// <summary>How long the attributes may be cached, nanoseconds.</summary>
    public uint attr_valid_nsec;

    /// <summary>Not used; keeps the layout.</summary>
    public uint dummy;

    /// <summary>The attributes.</summary>
    public fuse_attr attr;
}

/// <summary>GETATTR.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_getattr_in
{
    /// <summary>Whether a handle comes along.</summary>
    public GetAttrFlags getattr_flags;

    /// <summary>Not used; keeps the layout.</summary>
    public uint dummy;

    /// <summary>The open file, if the flags say so.</summary>
    public ulong fh;
}

/// <summary>Bits of <see cref="fuse_getattr_in.getattr_flags"/>.</summary>
[Flags]
public enum GetAttrFlags : uint
{
    /// <summary>The handle is valid.</summary>
    FUSE_GETATTR_FH = 1u << 0,
}

/// <summary>SETATTR.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_setattr_in
{
    /// <summary>What to set.</summary>
    public FATTR valid;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;

    /// <summary>The open file, with FATTR_FH.</summary>
    public ulong fh;

    /// <summary>New length.</summary>
    public ulong size;

    /// <summary>Who asks, as the owner of POSIX locks (obscured).</summary>
    public ulong lock_owner;

    /// <summary>New access time, seconds.</summary>
    public ulong atime;

    /// <summary>New modification time, seconds.</summary>
    public ulong mtime;

    /// <summary>New change time, seconds.</summary>
    public ulong ctime;

    /// <summary>New access time, nanoseconds.</summary>
    public uint atimensec;

    /// <summary>New modification time, nanoseconds.</summary>
    public uint mtimensec;

    /// <summary>New change time, nanoseconds.</summary>
    public uint ctimensec;

    /// <summary>New mode.</summary>
    public uint mode;

    /// <summary>Not used; keeps the layout.</summary>
    public uint unused4;

    /// <summary>New owner.</summary>
    public uint uid;

    /// <summary>New group.</summary>
    public uint gid;

    /// <summary>Not used; keeps the layout.</summary>
    public uint unused5;
}

/// <summary>Bits of <see cref="fuse_setattr_in.valid"/>.</summary>
[Flags]
public enum FATTR : uint
{
    /// <summary>Set the mode.</summary>
    FATTR_MODE = 1u << 0,

    /// <summary>Set the owner.</summary>
    FATTR_UID = 1u << 1,

    /// <summary>Set the group.</summary>
    FATTR_GID = 1u << 2,

    /// <summary>Set the length.</summary>
    FATTR_SIZE = 1u << 3,

    /// <summary>Set the access time.</summary>
    FATTR_ATIME = 1u << 4,

    /// <summary>Set the modification time.</summary>
    FATTR_MTIME = 1u << 5,

    /// <summary>The handle is valid.</summary>
    FATTR_FH = 1u << 6,

    /// <summary>The access time is now.</summary>
    FATTR_ATIME_NOW = 1u << 7,

    /// <summary>The modification time is now.</summary>
    FATTR_MTIME_NOW = 1u << 8,

    /// <summary>The lock owner is valid.</summary>
    FATTR_LOCKOWNER = 1u << 9,

    /// <summary>Set the change time.</summary>
    FATTR_CTIME = 1u << 10,

    /// <summary>Drop setuid and setgid.</summary>
    FATTR_KILL_SUIDGID = 1u << 11,
}

/// <summary>STATX.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_statx_in
{
    /// <summary>Whether a handle comes along.</summary>
    public GetAttrFlags getattr_flags;

    /// <summary>Not used; keeps the layout.</summary>
    public uint reserved;

    /// <summary>The open file, if the flags say so.</summary>
    public ulong fh;

    /// <summary>AT_STATX_*.</summary>
    public uint sx_flags;

    /// <summary>Wanted fields, STATX_*.</summary>
    public uint sx_mask;
}

/// <summary>Answers STATX.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct fuse_statx_out
{
    /// <summary>How long the attributes may be cached, seconds.</summary>
    public ulong attr_valid;

    /// <summary>How long the attributes may be cached, nanoseconds.</summary>
    public uint attr_valid_nsec;

    /// <summary>Not used.</summary>
    public uint flags;

    /// <summary>Not used; keeps the layout.</summary>
    public fixed ulong spare[2];

    /// <summary>The attributes.</summary>
    public fuse_statx stat;
}

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

/// <summary>A time of <see cref="fuse_statx"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_sx_time
{
    /// <summary>Seconds.</summary>
    public long tv_sec;

    /// <summary>Nanoseconds.</summary>
    public uint tv_nsec;

    /// <summary>Not used; keeps the layout.</summary>
    public int __reserved;
}

/// <summary>ACCESS.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_access_in
{
    /// <summary>R_OK, W_OK, X_OK.</summary>
    public uint mask;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}

/// <summary>Answers STATFS.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_statfs_out
{
    /// <summary>The numbers.</summary>
    public fuse_kstatfs st;
}

/// <summary>What statfs shows.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct fuse_kstatfs
{
    /// <summary>Blocks in all.</summary>
    public ulong blocks;

    /// <summary>Free blocks.</summary>
    public ulong bfree;

    /// <summary>Blocks free for unprivileged users.</summary>
    public ulong bavail;

    /// <summary>Inodes in all.</summary>
    public ulong files;

    /// <summary>Free inodes.</summary>
    public ulong ffree;

    /// <summary>Preferred size of I/O.</summary>
    public uint bsize;

    /// <summary>Longest name.</summary>
    public uint namelen;

    /// <summary>Size of the blocks counted here.</summary>
    public uint frsize;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;

    /// <summary>Not used; keeps the layout.</summary>
    public fixed uint spare[6];
}

/// <summary>SYNCFS.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_syncfs_in
{
    /// <summary>Not used; keeps the layout.</summary>
    public ulong padding;
}
