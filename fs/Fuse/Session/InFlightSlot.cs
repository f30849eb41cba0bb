namespace Fuse;

/// <summary>What a worker is busy with, so that an INTERRUPT read by another worker finds it.</summary>
internal sealed class InFlightSlot
{
    private ulong _current; // written by the owning worker only, read by all
    private ulong _interrupted; // under the lock of PendingReplies; read by the owner without it

    /// <summary>The request being handled, 0 if none. The kernel never uses 0.</summary>
    internal ulong Current
    {
        get => Volatile.Read(ref _current);
        set => Volatile.Write(ref _current, value);
    }

    /// <summary>Uniques are not reused, so that the mark need not be cleared for the next request.</summary>
    internal bool IsInterrupted => Volatile.Read(ref _interrupted) is not 0 and var unique && unique == _current;

    internal void MarkInterrupted(ulong unique) => Volatile.Write(ref _interrupted, unique);
}
