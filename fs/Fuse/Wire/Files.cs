using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>OPEN and OPENDIR.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_open_in
{
    /// <summary>Flags of open(2), without O_CREAT, O_EXCL and O_NOCTTY.</summary>
    public uint flags;

    /// <summary>What opening it changes.</summary>
    public OpenInFlags open_flags;
}

/// <summary>Bits of <see cref="fuse_open_in.open_flags"/> and <see cref="fuse_create_in.open_flags"/>.</summary>
[Flags]
public enum OpenInFlags : uint
{
    /// <summary>Drop setuid and setgid: O_TRUNC.</summary>
    FUSE_OPEN_KILL_SUIDGID = 1u << 0,
}

/// <summary>Answers OPEN, OPENDIR and, after the entry, CREATE.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_open_out
{
    /// <summary>Handle that later requests on this open file carry.</summary>
    public ulong fh;

    /// <summary>How the kernel treats the open file.</summary>
    public FOPEN open_flags;

    /// <summary>Backing file of FOPEN_PASSTHROUGH.</summary>
    public int backing_id;
}

/// <summary>Flags of <see cref="fuse_open_out"/>.</summary>
[Flags]
public enum FOPEN : uint
{
    /// <summary>No page cache for this open file.</summary>
    FOPEN_DIRECT_IO = 1u << 0,

    /// <summary>Cached pages stay when the file is opened.</summary>
    FOPEN_KEEP_CACHE = 1u << 1,

    /// <summary>No seeking.</summary>
    FOPEN_NONSEEKABLE = 1u << 2,

    /// <summary>READDIR may be cached.</summary>
    FOPEN_CACHE_DIR = 1u << 3,

    /// <summary>The file has no position.</summary>
    FOPEN_STREAM = 1u << 4,

    /// <summary>No FLUSH at close.</summary>
    FOPEN_NOFLUSH = 1u << 5,

    /// <summary>Direct writes of one inode at once.</summary>
    FOPEN_PARALLEL_DIRECT_WRITES = 1u << 6,

    /// <summary>I/O goes to the backing file.</summary>
    FOPEN_PASSTHROUGH = 1u << 7,
}

/// <summary>Argument of FUSE_DEV_IOC_BACKING_OPEN.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_backing_map
{
    /// <summary>Descriptor of the backing file.</summary>
    public int fd;

    /// <summary>Must be 0.</summary>
    public uint flags;

    /// <summary>Must be 0.</summary>
    public ulong padding;
}

/// <summary>READ, READDIR and READDIRPLUS.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_read_in
{
    /// <summary>The handle OPEN answered.</summary>
    public ulong fh;

    /// <summary>Where to start.</summary>
    public ulong offset;

    /// <summary>Bytes wanted.</summary>
    public uint size;

    /// <summary>Which of the fields below count.</summary>
    public ReadFlags read_flags;

    /// <summary>Who asks, as the owner of POSIX locks (obscured).</summary>
    public ulong lock_owner;

    /// <summary>Flags of open(2).</summary>
    public uint flags;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}

/// <summary>Bits of <see cref="fuse_read_in.read_flags"/>.</summary>
[Flags]
public enum ReadFlags : uint
{
    /// <summary>The lock owner is valid.</summary>
    FUSE_READ_LOCKOWNER = 1u << 1,
}

/// <summary>WRITE; the data follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_write_in
{
    /// <summary>The handle OPEN answered. A guess with FUSE_WRITE_CACHE.</summary>
    public ulong fh;

    /// <summary>Where to start.</summary>
    public ulong offset;

    /// <summary>Bytes that follow.</summary>
    public uint size;

    /// <summary>Where the data comes from, and what writing it changes.</summary>
    public WriteFlags write_flags;

    /// <summary>Who asks, as the owner of POSIX locks (obscured).</summary>
    public ulong lock_owner;

    /// <summary>Flags of open(2).</summary>
    public uint flags;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}

/// <summary>Bits of <see cref="fuse_write_in.write_flags"/>.</summary>
[Flags]
public enum WriteFlags : uint
{
    /// <summary>Write-back of the page cache; the handle is a guess.</summary>
    FUSE_WRITE_CACHE = 1u << 0,

    /// <summary>The lock owner is valid.</summary>
    FUSE_WRITE_LOCKOWNER = 1u << 1,

    /// <summary>Drop setuid and setgid.</summary>
    FUSE_WRITE_KILL_SUIDGID = 1u << 2,
}

/// <summary>Answers WRITE and COPY_FILE_RANGE.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_write_out
{
    /// <summary>Bytes written.</summary>
    public uint size;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}

/// <summary>FLUSH: a descriptor of the file is closed.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_flush_in
{
    /// <summary>The handle OPEN answered.</summary>
    public ulong fh;

    /// <summary>Not used; keeps the layout.</summary>
    public uint unused;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;

    /// <summary>Who asks, as the owner of POSIX locks (obscured).</summary>
    public ulong lock_owner;
}

/// <summary>RELEASE and RELEASEDIR.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_release_in
{
    /// <summary>The handle OPEN answered.</summary>
    public ulong fh;

    /// <summary>Flags of open(2).</summary>
    public uint flags;

    /// <summary>What else ends with the open file.</summary>
    public ReleaseFlags release_flags;

    /// <summary>Who asks, as the owner of POSIX locks (obscured).</summary>
    public ulong lock_owner;
}

/// <summary>Bits of <see cref="fuse_release_in.release_flags"/>.</summary>
[Flags]
public enum ReleaseFlags : uint
{
    /// <summary>Flush as well.</summary>
    FUSE_RELEASE_FLUSH = 1u << 0,

    /// <summary>Drop the flock lock as well.</summary>
    FUSE_RELEASE_FLOCK_UNLOCK = 1u << 1,
}

/// <summary>FSYNC and FSYNCDIR.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_fsync_in
{
    /// <summary>The handle OPEN answered.</summary>
    public ulong fh;

    /// <summary>What is to be durable.</summary>
    public FsyncFlags fsync_flags;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}

/// <summary>Bits of <see cref="fuse_fsync_in.fsync_flags"/>.</summary>
[Flags]
public enum FsyncFlags : uint
{
    /// <summary>The data only.</summary>
    FUSE_FSYNC_FDATASYNC = 1u << 0,
}

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

/// <summary>Answers LSEEK.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_lseek_out
{
    /// <summary>What was found.</summary>
    public ulong offset;
}

/// <summary>COPY_FILE_RANGE and COPY_FILE_RANGE_64.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_copy_file_range_in
{
    /// <summary>Handle of the source.</summary>
    public ulong fh_in;

    /// <summary>Where to read.</summary>
    public ulong off_in;

    /// <summary>Node of the destination.</summary>
    public ulong nodeid_out;

    /// <summary>Handle of the destination.</summary>
    public ulong fh_out;

    /// <summary>Where to write.</summary>
    public ulong off_out;

    /// <summary>Bytes to copy.</summary>
    public ulong len;

    /// <summary>Flags of copy_file_range(2).</summary>
    public ulong flags;
}

/// <summary>Answers COPY_FILE_RANGE_64.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_copy_file_range_out
{
    /// <summary>Bytes copied.</summary>
    public ulong bytes_copied;
}

/// <summary>IOCTL; the input follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_ioctl_in
{
    /// <summary>The handle OPEN answered.</summary>
    public ulong fh;

    /// <summary>Who asks, and on what.</summary>
    public IoctlFlags flags;

    /// <summary>The command.</summary>
    public uint cmd;

    /// <summary>The argument of ioctl(2).</summary>
    public ulong arg;

    /// <summary>Bytes that follow.</summary>
    public uint in_size;

    /// <summary>Most bytes to answer.</summary>
    public uint out_size;
}

/// <summary>Answers IOCTL; the output follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_ioctl_out
{
    /// <summary>What ioctl(2) returns.</summary>
    public int result;

    /// <summary>Of FUSE_IOCTL_RETRY.</summary>
    public IoctlFlags flags;

    /// <summary>Only with FUSE_IOCTL_RETRY.</summary>
    public uint in_iovs;

    /// <summary>Only with FUSE_IOCTL_RETRY.</summary>
    public uint out_iovs;
}

/// <summary>Bits of <see cref="fuse_ioctl_in.flags"/> and <see cref="fuse_ioctl_out.flags"/>.</summary>
[Flags]
public enum IoctlFlags : uint
{
    /// <summary>A 32 bit caller on a 64 bit kernel.</summary>
    FUSE_IOCTL_COMPAT = 1u << 0,

    /// <summary>Any command; retry is allowed.</summary>
    FUSE_IOCTL_UNRESTRICTED = 1u << 1,

    /// <summary>Ask again with other vectors.</summary>
    FUSE_IOCTL_RETRY = 1u << 2,

    /// <summary>A 32 bit caller.</summary>
    FUSE_IOCTL_32BIT = 1u << 3,

    /// <summary>The file is a directory.</summary>
    FUSE_IOCTL_DIR = 1u << 4,

    /// <summary>An x32 caller.</summary>
    FUSE_IOCTL_COMPAT_X32 = 1u << 5,
}
