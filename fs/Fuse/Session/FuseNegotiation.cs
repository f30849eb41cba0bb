using static Fuse.InitFlags;

namespace Fuse;

/// <summary>Answers INIT.</summary>
internal static unsafe class FuseNegotiation
{
    private const uint PageSize = 4096;
    private const uint SmallestWrite = PageSize;
    private const uint LargestWrite = ushort.MaxValue * PageSize;

    /// <summary>fs/fuse/inode.c: FUSE_INIT before 7.36 ends after the flags.</summary>
    private const int OldestInitLength = 4 * sizeof(uint);

    // Part of how messages are laid out here, and harmless where the kernel always behaves so.
    private const InitFlags Always = FUSE_INIT_EXT | FUSE_MAX_PAGES | FUSE_BIG_WRITES | FUSE_SETXATTR_EXT;

    // These change how the device is used, or bring requests that no method of FuseFileSystem takes.
    private const InitFlags Never = FUSE_POSIX_LOCKS | FUSE_FLOCK_LOCKS | FUSE_SPLICE_MOVE | FUSE_SPLICE_READ | FUSE_SPLICE_WRITE
        | FUSE_MAP_ALIGNMENT | FUSE_INIT_RESERVED | FUSE_OVER_IO_URING | FUSE_REQUEST_TIMEOUT;

    internal enum Outcome
    {
        /// <summary>The answer ends the negotiation.</summary>
        Agreed,

        /// <summary>The answer offers our major version; the kernel asks again.</summary>
        AskAgain,

        /// <summary>The kernel is too old.</summary>
        TooOld,

        /// <summary>The request is too short to be INIT.</summary>
        Malformed,
    }

    internal static Outcome Negotiate(
        FuseFileSystem fileSystem, FuseConnection connection, ReadOnlySpan<byte> request, ref fuse_init_out answer)
    {
        fuse_init_in offer = default;
        if (request.Length < 2 * sizeof(uint))
            return Outcome.Malformed;
        request[..Math.Min(request.Length, sizeof(fuse_init_in))].CopyTo(new Span<byte>(&offer, sizeof(fuse_init_in)));

        connection.KernelMajor = offer.major;
        connection.KernelMinor = offer.minor;
        answer.major = FuseProtocol.FUSE_KERNEL_VERSION;
        answer.minor = FuseProtocol.FUSE_KERNEL_MINOR_VERSION;
        // include/uapi/linux/fuse.h: a newer kernel gets our version, ignores the rest and sends INIT again.
        if (offer.major > FuseProtocol.FUSE_KERNEL_VERSION)
            return Outcome.AskAgain;
        if (offer.major < FuseProtocol.FUSE_KERNEL_VERSION || offer.minor < FuseProtocol.OldestMinorVersion)
            return Outcome.TooOld;
        if (request.Length < OldestInitLength)
            return Outcome.Malformed;

        connection.Minor = Math.Min(offer.minor, FuseProtocol.FUSE_KERNEL_MINOR_VERSION);
        connection.Offered = (InitFlags)offer.flags;
        if (connection.Offers(FUSE_INIT_EXT))
            connection.Offered |= (InitFlags)((ulong)offer.flags2 << 32);
        connection.MaxReadAhead = offer.max_readahead;
        fileSystem.Init(connection, in offer);

        connection.Flags = Choose(connection);
        Limit(connection, offer.max_readahead);
        connection.Fix();
        Fill(connection, ref answer);
        return Outcome.Agreed;
    }

    private static InitFlags Choose(FuseConnection connection)
    {
        InitFlags flags = (connection.Wanted | Always) & ~Never & connection.Offered;
        // fs/fuse/inode.c: process_init_reply ignores passthrough together with write-back.
        if ((flags & FUSE_PASSTHROUGH) != 0)
            flags &= ~FUSE_WRITEBACK_CACHE;
        // The transport is the session's to choose, not the filesystem's.
        if (connection.Offers(FUSE_OVER_IO_URING) && connection.CanUseIoUring?.Invoke() == true)
            flags |= FUSE_OVER_IO_URING;
        return flags;
    }

    private static void Limit(FuseConnection connection, uint kernelReadAhead)
    {
        connection.MaxReadAhead = Math.Min(connection.MaxReadAhead, kernelReadAhead);
        uint maxWrite = Math.Clamp(connection.MaxWrite, SmallestWrite, LargestWrite);
        if (connection.Has(FUSE_MAX_PAGES))
        {
            connection.MaxPages = (int)((maxWrite + PageSize - 1) / PageSize);
        }
        else
        {
            connection.MaxPages = (int)FuseProtocol.DefaultMaxPages;
            maxWrite = Math.Min(maxWrite, FuseProtocol.DefaultMaxPages * PageSize);
        }

        connection.MaxWrite = maxWrite;
        if (connection.Has(FUSE_PASSTHROUGH))
            connection.MaxStackDepth = Math.Max(connection.MaxStackDepth, 1);
    }

    private static void Fill(FuseConnection connection, ref fuse_init_out answer)
    {
        answer.minor = connection.Minor;
        answer.max_readahead = connection.MaxReadAhead;
        answer.flags = (uint)connection.Flags;
        answer.flags2 = (uint)((ulong)connection.Flags >> 32);
        answer.max_background = connection.MaxBackground;
        answer.congestion_threshold = connection.CongestionThreshold;
        answer.max_write = connection.MaxWrite;
        answer.time_gran = connection.TimeGranularity;
        if (connection.Has(FUSE_MAX_PAGES))
            answer.max_pages = (ushort)connection.MaxPages;
        if (connection.Has(FUSE_PASSTHROUGH))
            answer.max_stack_depth = connection.MaxStackDepth;
    }
}
