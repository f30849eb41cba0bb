namespace Fuse;

/// <summary>Flags of <see cref="fuse_open_out"/>.</summary>
public static class FOPEN
{
    /// <summary>No page cache for this open file.</summary>
    public const uint FOPEN_DIRECT_IO = 1u << 0;

    /// <summary>Cached pages stay when the file is opened.</summary>
    public const uint FOPEN_KEEP_CACHE = 1u << 1;

    /// <summary>No seeking.</summary>
    public const uint FOPEN_NONSEEKABLE = 1u << 2;

    /// <summary>READDIR may be cached.</summary>
    public const uint FOPEN_CACHE_DIR = 1u << 3;

    /// <summary>The file has no position.</summary>
    public const uint FOPEN_STREAM = 1u << 4;

    /// <summary>No FLUSH at close.</summary>
    public const uint FOPEN_NOFLUSH = 1u << 5;

    /// <summary>Direct writes of one inode at once.</summary>
    public const uint FOPEN_PARALLEL_DIRECT_WRITES = 1u << 6;

    /// <summary>I/O goes to the backing file.</summary>
    public const uint FOPEN_PASSTHROUGH = 1u << 7;
}
