namespace Fuse;

/// <summary>How a session runs, and what it asks the kernel for before <see cref="FuseFileSystem.Init"/> has its say.</summary>
public sealed class FuseSessionOptions
{
    /// <summary>Features that cost a filesystem nothing and need nothing of it.</summary>
    public const InitFlags DefaultFlags = InitFlags.FUSE_ASYNC_READ | InitFlags.FUSE_PARALLEL_DIROPS | InitFlags.FUSE_HAS_IOCTL_DIR
        | InitFlags.FUSE_ASYNC_DIO | InitFlags.FUSE_ABORT_ERROR;

    /// <summary>Wanted features. What the session itself needs is added.</summary>
    public InitFlags WantedFlags { get; init; } = DefaultFlags;

    /// <summary>Most bytes of one READ or WRITE, from 4 KiB up; clipped to what the kernel can do.</summary>
    public uint MaxWrite { get; init; } = 1024 * 1024;

    /// <summary>Most asynchronous requests in flight; 0 leaves it to the kernel.</summary>
    public ushort MaxBackground { get; init; }

    /// <summary>In-flight requests above which the kernel holds back; 0 leaves it to the kernel.</summary>
    public ushort CongestionThreshold { get; init; }

    /// <summary>Granularity of time stamps in nanoseconds.</summary>
    public uint TimeGranularity { get; init; } = 1;

    /// <summary>Filesystems that may be stacked below; FUSE_PASSTHROUGH makes it 1 at least.</summary>
    public uint MaxStackDepth { get; init; }

    /// <summary>Threads that serve requests. Two at least keep one free while the other is in a long request.</summary>
    public int WorkerCount { get; init; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>
    /// How long one worker at a time asks again for the next request before it sleeps, as long as requests come that quickly.
    /// Zero: never. Costs CPU time, saves the wake-up, which is the longer part of most requests.
    /// </summary>
    public TimeSpan BusyPoll { get; init; } = TimeSpan.FromMicroseconds(50);

    /// <summary>Whether each worker gets its own clone of the device, where the kernel gives one.</summary>
    public bool CloneDevice { get; init; } = true;

    /// <summary>
    /// Whether requests go over io_uring where the kernel offers it (/sys/module/fuse/parameters/enable_uring), with one queue and
    /// one thread for every CPU. <see cref="WorkerCount"/> then does not count.
    /// </summary>
    public bool UseIoUring { get; init; } = true;

    /// <summary>Requests that one io_uring queue hands over at once, deferred ones not counted; others wait in the kernel.</summary>
    public int IoUringDepth { get; init; } = 8;

    /// <summary>Told once per opcode when a method of the filesystem throws. The caller gets EIO every time.</summary>
    public Action<FuseOpcode, Exception>? HandlerFailed { get; init; }
}
