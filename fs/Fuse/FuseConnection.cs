namespace Fuse;

/// <summary>What is negotiated in INIT. A filesystem changes it in <see cref="FuseFileSystem.Init"/>, afterwards it is fixed.</summary>
public sealed class FuseConnection
{
    private bool _fixed;

    internal FuseConnection(FuseSessionOptions options)
    {
        Wanted = options.WantedFlags;
        MaxWrite = options.MaxWrite;
        MaxBackground = options.MaxBackground;
        CongestionThreshold = options.CongestionThreshold;
        TimeGranularity = options.TimeGranularity;
        MaxStackDepth = options.MaxStackDepth;
    }

    /// <summary>Major version of the kernel.</summary>
    public uint KernelMajor { get; internal set; }

    /// <summary>Minor version of the kernel.</summary>
    public uint KernelMinor { get; internal set; }

    /// <summary>Minor version spoken: the smaller of the kernel's and this library's.</summary>
    public uint Minor { get; internal set; }

    /// <summary>Features the kernel offers.</summary>
    public InitFlags Offered { get; internal set; }

    /// <summary>Features the filesystem wants; those not offered are dropped.</summary>
    public InitFlags Wanted
    {
        get;
        set => field = Settable(value);
    }

    /// <summary>Features in effect, once INIT is answered.</summary>
    public InitFlags Flags { get; internal set; }

    /// <summary>Most bytes of one READ or WRITE.</summary>
    public uint MaxWrite
    {
        get;
        set => field = Settable(value);
    }

    /// <summary>Most bytes the kernel reads ahead; starts as the kernel's own choice.</summary>
    public uint MaxReadAhead
    {
        get;
        set => field = Settable(value);
    }

    /// <summary>Most asynchronous requests in flight; 0 leaves it to the kernel.</summary>
    public ushort MaxBackground
    {
        get;
        set => field = Settable(value);
    }

    /// <summary>In-flight requests above which the kernel holds back; 0 leaves it to the kernel.</summary>
    public ushort CongestionThreshold
    {
        get;
        set => field = Settable(value);
    }

    /// <summary>Granularity of time stamps in nanoseconds.</summary>
    public uint TimeGranularity
    {
        get;
        set => field = Settable(value);
    }

    /// <summary>Filesystems that may be stacked below this one; at least 1 for FUSE_PASSTHROUGH.</summary>
    public uint MaxStackDepth
    {
        get;
        set => field = Settable(value);
    }

    /// <summary>Pages of the longest request.</summary>
    public int MaxPages { get; internal set; }

    /// <summary>Whether all of <paramref name="flags"/> are in effect.</summary>
    public bool Has(InitFlags flags) => (Flags & flags) == flags;

    /// <summary>Whether the kernel offers all of <paramref name="flags"/>.</summary>
    public bool Offers(InitFlags flags) => (Offered & flags) == flags;

    /// <summary>Asked once if the kernel offers FUSE_OVER_IO_URING: whether the session can take it.</summary>
    internal Func<bool>? CanUseIoUring { get; set; }

    internal void Fix() => _fixed = true;

    private T Settable<T>(T value)
        => _fixed ? throw new InvalidOperationException("The connection is negotiated; only Init can change it.") : value;
}
