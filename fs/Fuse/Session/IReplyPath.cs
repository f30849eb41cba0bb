namespace Fuse;

/// <summary>The way by which the reply to a deferred request goes back. Any thread may use it.</summary>
internal interface IReplyPath
{
    /// <summary>Sends a reply. What the kernel refuses is answered with an error all the same: it must not stay unanswered.</summary>
    void Reply(ulong unique, int error, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second);
}
