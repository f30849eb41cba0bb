using System.Runtime.InteropServices;

namespace Fuse;

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
