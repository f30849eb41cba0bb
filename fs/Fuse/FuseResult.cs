namespace Fuse;

/// <summary>What a handler may return besides 0, a count, or a negative errno.</summary>
public static class FuseResult
{
    /// <summary>The request is answered later, through what <see cref="FuseRequest.Defer"/> returned.</summary>
    public const int Deferred = int.MinValue;

    /// <summary>No answer is owed: FORGET, INTERRUPT.</summary>
    internal const int NoReply = int.MinValue + 1;

    // fs/fuse/dev.c: fuse_dev_do_write refuses errors outside of (-512, 0], and the request would stay unanswered.
    private const int LastErrno = 511;

    /// <summary>A result that the kernel accepts as the error of a reply.</summary>
    internal static int ToError(int result) => result is < 0 and >= -LastErrno ? result : -Errno.EIO;
}
