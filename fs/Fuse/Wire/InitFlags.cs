namespace Fuse;

/// <summary>Features offered and wanted in INIT: flags below bit 32, flags2 above.</summary>
public static class InitFlags
{
    /// <summary>Several READ requests of one file at once.</summary>
    public const ulong FUSE_ASYNC_READ = 1UL << 0;

    /// <summary>The filesystem does POSIX locks.</summary>
    public const ulong FUSE_POSIX_LOCKS = 1UL << 1;

    /// <summary>Handles are sent with attribute requests.</summary>
    public const ulong FUSE_FILE_OPS = 1UL << 2;

    /// <summary>OPEN handles O_TRUNC.</summary>
    public const ulong FUSE_ATOMIC_O_TRUNC = 1UL << 3;

    /// <summary>LOOKUP handles "." and "..".</summary>
    public const ulong FUSE_EXPORT_SUPPORT = 1UL << 4;

    /// <summary>WRITE above 4 KiB.</summary>
    public const ulong FUSE_BIG_WRITES = 1UL << 5;

    /// <summary>The filesystem applies the umask.</summary>
    public const ulong FUSE_DONT_MASK = 1UL << 6;

    /// <summary>The device takes splice writes.</summary>
    public const ulong FUSE_SPLICE_WRITE = 1UL << 7;

    /// <summary>The device moves spliced pages.</summary>
    public const ulong FUSE_SPLICE_MOVE = 1UL << 8;

    /// <summary>The device gives splice reads.</summary>
    public const ulong FUSE_SPLICE_READ = 1UL << 9;

    /// <summary>The filesystem does flock locks.</summary>
    public const ulong FUSE_FLOCK_LOCKS = 1UL << 10;

    /// <summary>IOCTL on directories.</summary>
    public const ulong FUSE_HAS_IOCTL_DIR = 1UL << 11;

    /// <summary>Cached pages go when mtime or size changed.</summary>
    public const ulong FUSE_AUTO_INVAL_DATA = 1UL << 12;

    /// <summary>READDIRPLUS instead of READDIR.</summary>
    public const ulong FUSE_DO_READDIRPLUS = 1UL << 13;

    /// <summary>The kernel chooses between READDIR and READDIRPLUS.</summary>
    public const ulong FUSE_READDIRPLUS_AUTO = 1UL << 14;

    /// <summary>Direct I/O in several requests at once.</summary>
    public const ulong FUSE_ASYNC_DIO = 1UL << 15;

    /// <summary>Writes are cached and written back later.</summary>
    public const ulong FUSE_WRITEBACK_CACHE = 1UL << 16;

    /// <summary>ENOSYS to OPEN means that no OPEN is needed.</summary>
    public const ulong FUSE_NO_OPEN_SUPPORT = 1UL << 17;

    /// <summary>LOOKUP and READDIR of one directory at once.</summary>
    public const ulong FUSE_PARALLEL_DIROPS = 1UL << 18;

    /// <summary>The filesystem drops setuid, setgid and capabilities.</summary>
    public const ulong FUSE_HANDLE_KILLPRIV = 1UL << 19;

    /// <summary>POSIX ACLs, checked by the kernel.</summary>
    public const ulong FUSE_POSIX_ACL = 1UL << 20;

    /// <summary>The device says ECONNABORTED after an abort.</summary>
    public const ulong FUSE_ABORT_ERROR = 1UL << 21;

    /// <summary>init_out.max_pages counts.</summary>
    public const ulong FUSE_MAX_PAGES = 1UL << 22;

    /// <summary>READLINK may be cached.</summary>
    public const ulong FUSE_CACHE_SYMLINKS = 1UL << 23;

    /// <summary>ENOSYS to OPENDIR means that no OPENDIR is needed.</summary>
    public const ulong FUSE_NO_OPENDIR_SUPPORT = 1UL << 24;

    /// <summary>Cached pages go only when asked to.</summary>
    public const ulong FUSE_EXPLICIT_INVAL_DATA = 1UL << 25;

    /// <summary>init_out.map_alignment counts (DAX).</summary>
    public const ulong FUSE_MAP_ALIGNMENT = 1UL << 26;

    /// <summary>The kernel mounts submounts itself.</summary>
    public const ulong FUSE_SUBMOUNTS = 1UL << 27;

    /// <summary>The filesystem drops setuid, setgid and capabilities when told to, as the VFS would.</summary>
    public const ulong FUSE_HANDLE_KILLPRIV_V2 = 1UL << 28;

    /// <summary>The long form of <see cref="fuse_setxattr_in"/>.</summary>
    public const ulong FUSE_SETXATTR_EXT = 1UL << 29;

    /// <summary>flags2 counts.</summary>
    public const ulong FUSE_INIT_EXT = 1UL << 30;

    /// <summary>Never set.</summary>
    public const ulong FUSE_INIT_RESERVED = 1UL << 31;

    /// <summary>Security contexts come with requests that create.</summary>
    public const ulong FUSE_SECURITY_CTX = 1UL << 32;

    /// <summary>DAX per inode.</summary>
    public const ulong FUSE_HAS_INODE_DAX = 1UL << 33;

    /// <summary>A supplementary group comes with requests that create.</summary>
    public const ulong FUSE_CREATE_SUPP_GROUP = 1UL << 34;

    /// <summary>FUSE_EXPIRE_ONLY works.</summary>
    public const ulong FUSE_HAS_EXPIRE_ONLY = 1UL << 35;

    /// <summary>Shared mappings of files with FOPEN_DIRECT_IO.</summary>
    public const ulong FUSE_DIRECT_IO_ALLOW_MMAP = 1UL << 36;

    /// <summary>Reads, writes and mappings go to a backing file.</summary>
    public const ulong FUSE_PASSTHROUGH = 1UL << 37;

    /// <summary>No file handles.</summary>
    public const ulong FUSE_NO_EXPORT_SUPPORT = 1UL << 38;

    /// <summary>FUSE_NOTIFY_RESEND works.</summary>
    public const ulong FUSE_HAS_RESEND = 1UL << 39;

    /// <summary>Idmapped mounts; only with default_permissions.</summary>
    public const ulong FUSE_ALLOW_IDMAP = 1UL << 40;

    /// <summary>Requests over io_uring.</summary>
    public const ulong FUSE_OVER_IO_URING = 1UL << 41;

    /// <summary>init_out.request_timeout counts.</summary>
    public const ulong FUSE_REQUEST_TIMEOUT = 1UL << 42;
}
