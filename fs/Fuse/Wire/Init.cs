using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Features offered and wanted in INIT: flags below bit 32, flags2 above.</summary>
[Flags]
public enum InitFlags : ulong
{
    /// <summary>Several READ requests of one file at once.</summary>
    FUSE_ASYNC_READ = 1UL << 0,

    /// <summary>The filesystem does POSIX locks.</summary>
    FUSE_POSIX_LOCKS = 1UL << 1,

    /// <summary>Handles are sent with attribute requests.</summary>
    FUSE_FILE_OPS = 1UL << 2,

    /// <summary>OPEN handles O_TRUNC.</summary>
    FUSE_ATOMIC_O_TRUNC = 1UL << 3,

    /// <summary>LOOKUP handles "." and "..".</summary>
    FUSE_EXPORT_SUPPORT = 1UL << 4,

    /// <summary>WRITE above 4 KiB.</summary>
    FUSE_BIG_WRITES = 1UL << 5,

    /// <summary>The filesystem applies the umask.</summary>
    FUSE_DONT_MASK = 1UL << 6,

    /// <summary>The device takes splice writes.</summary>
    FUSE_SPLICE_WRITE = 1UL << 7,

    /// <summary>The device moves spliced pages.</summary>
    FUSE_SPLICE_MOVE = 1UL << 8,

    /// <summary>The device gives splice reads.</summary>
    FUSE_SPLICE_READ = 1UL << 9,

    /// <summary>The filesystem does flock locks.</summary>
    FUSE_FLOCK_LOCKS = 1UL << 10,

    /// <summary>IOCTL on directories.</summary>
    FUSE_HAS_IOCTL_DIR = 1UL << 11,

    /// <summary>Cached pages go when mtime or size changed.</summary>
    FUSE_AUTO_INVAL_DATA = 1UL << 12,

    /// <summary>READDIRPLUS instead of READDIR.</summary>
    FUSE_DO_READDIRPLUS = 1UL << 13,

    /// <summary>The kernel chooses between READDIR and READDIRPLUS.</summary>
    FUSE_READDIRPLUS_AUTO = 1UL << 14,

    /// <summary>Direct I/O in several requests at once.</summary>
    FUSE_ASYNC_DIO = 1UL << 15,

    /// <summary>Writes are cached and written back later.</summary>
    FUSE_WRITEBACK_CACHE = 1UL << 16,

    /// <summary>ENOSYS to OPEN means that no OPEN is needed.</summary>
    FUSE_NO_OPEN_SUPPORT = 1UL << 17,

    /// <summary>LOOKUP and READDIR of one directory at once.</summary>
    FUSE_PARALLEL_DIROPS = 1UL << 18,

    /// <summary>The filesystem drops setuid, setgid and capabilities.</summary>
    FUSE_HANDLE_KILLPRIV = 1UL << 19,

    /// <summary>POSIX ACLs, checked by the kernel.</summary>
    FUSE_POSIX_ACL = 1UL << 20,

    /// <summary>The device says ECONNABORTED after an abort.</summary>
    FUSE_ABORT_ERROR = 1UL << 21,

    /// <summary>init_out.max_pages counts.</summary>
    FUSE_MAX_PAGES = 1UL << 22,

    /// <summary>READLINK may be cached.</summary>
    FUSE_CACHE_SYMLINKS = 1UL << 23,

    /// <summary>ENOSYS to OPENDIR means that no OPENDIR is needed.</summary>
    FUSE_NO_OPENDIR_SUPPORT = 1UL << 24,

    /// <summary>Cached pages go only when asked to.</summary>
    FUSE_EXPLICIT_INVAL_DATA = 1UL << 25,

    /// <summary>init_out.map_alignment counts (DAX).</summary>
    FUSE_MAP_ALIGNMENT = 1UL << 26,

    /// <summary>The kernel mounts submounts itself.</summary>
    FUSE_SUBMOUNTS = 1UL << 27,

    /// <summary>The filesystem drops setuid, setgid and capabilities when told to, as the VFS would.</summary>
    FUSE_HANDLE_KILLPRIV_V2 = 1UL << 28,

    /// <summary>The long form of <see cref="fuse_setxattr_in"/>.</summary>
    FUSE_SETXATTR_EXT = 1UL << 29,

    /// <summary>flags2 counts.</summary>
    FUSE_INIT_EXT = 1UL << 30,

    /// <summary>Never set.</summary>
    FUSE_INIT_RESERVED = 1UL << 31,

    /// <summary>Security contexts come with requests that create.</summary>
    FUSE_SECURITY_CTX = 1UL << 32,

    /// <summary>DAX per inode.</summary>
    FUSE_HAS_INODE_DAX = 1UL << 33,

    /// <summary>A supplementary group comes with requests that create.</summary>
    FUSE_CREATE_SUPP_GROUP = 1UL << 34,

    /// <summary>FUSE_EXPIRE_ONLY works.</summary>
    FUSE_HAS_EXPIRE_ONLY = 1UL << 35,

    /// <summary>Shared mappings of files with FOPEN_DIRECT_IO.</summary>
    FUSE_DIRECT_IO_ALLOW_MMAP = 1UL << 36,

    /// <summary>Reads, writes and mappings go to a backing file.</summary>
    FUSE_PASSTHROUGH = 1UL << 37,

    /// <summary>No file handles.</summary>
    FUSE_NO_EXPORT_SUPPORT = 1UL << 38,

    /// <summary>FUSE_NOTIFY_RESEND works.</summary>
    FUSE_HAS_RESEND = 1UL << 39,

    /// <summary>Idmapped mounts; only with default_permissions.</summary>
    FUSE_ALLOW_IDMAP = 1UL << 40,

    /// <summary>Requests over io_uring.</summary>
    FUSE_OVER_IO_URING = 1UL << 41,

    /// <summary>init_out.request_timeout counts.</summary>
    FUSE_REQUEST_TIMEOUT = 1UL << 42,
}

/// <summary>INIT. Before 7.36 only the first four fields are sent.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct fuse_init_in
{
    /// <summary>Major version of the kernel.</summary>
    public uint major;

    /// <summary>Minor version of the kernel.</summary>
    public uint minor;

    /// <summary>Most the kernel reads ahead.</summary>
    public uint max_readahead;

    /// <summary>Offered features, bits 0 to 31; see <see cref="InitFlags"/>.</summary>
    public uint flags;

    /// <summary>Offered features, bits 32 to 63.</summary>
    public uint flags2;

    /// <summary>Not used; keeps the layout.</summary>
    public fixed uint unused[11];
}

/// <summary>Answers INIT.</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct fuse_init_out
{
    /// <summary>Major version to speak.</summary>
    public uint major;

    /// <summary>Minor version to speak.</summary>
    public uint minor;

    /// <summary>Most the kernel shall read ahead.</summary>
    public uint max_readahead;

    /// <summary>Wanted features, bits 0 to 31.</summary>
    public uint flags;

    /// <summary>Most asynchronous requests in flight.</summary>
    public ushort max_background;

    /// <summary>In-flight requests above which the kernel holds back.</summary>
    public ushort congestion_threshold;

    /// <summary>Most bytes of one WRITE.</summary>
    public uint max_write;

    /// <summary>Granularity of time stamps, nanoseconds.</summary>
    public uint time_gran;

    /// <summary>Most pages of one request, with FUSE_MAX_PAGES.</summary>
    public ushort max_pages;

    /// <summary>For FUSE_MAP_ALIGNMENT.</summary>
    public ushort map_alignment;

    /// <summary>Wanted features, bits 32 to 63.</summary>
    public uint flags2;

    /// <summary>Filesystems that may be stacked below, with FUSE_PASSTHROUGH.</summary>
    public uint max_stack_depth;

    /// <summary>Seconds after which the kernel aborts, with FUSE_REQUEST_TIMEOUT.</summary>
    public ushort request_timeout;

    /// <summary>Not used; keeps the layout.</summary>
    public fixed ushort unused[11];
}
