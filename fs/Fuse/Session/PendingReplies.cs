namespace Fuse;

/// <summary>The deferred replies of a session, found by INTERRUPT and by the end of the session.</summary>
internal sealed class PendingReplies
{
    // Many more than can be on their way at once.
    private const int EarlyInterrupts = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, FusePendingReply> _replies = []; // _lock
    private readonly List<InFlightSlot> _slots = []; // _lock
    private readonly ulong[] _early = new ulong[EarlyInterrupts]; // _lock for writing
    private uint _nextEarly; // _lock for writing
    private bool _ended; // _lock

    internal void AddSlot(InFlightSlot slot)
    {
        lock (_lock)
            _slots.Add(slot);
    }

    internal void Add(FusePendingReply reply, InFlightSlot slot)
    {
        bool interrupted;
        lock (_lock)
        {
            _replies[reply.Unique] = reply;
            // The INTERRUPT may have been read by another worker before the request was deferred.
            interrupted = slot.IsInterrupted || _ended || WasInterruptedEarly(reply.Unique);
        }

        if (interrupted)
            reply.Interrupt();
    }

    /// <summary>False if the session ended: there is nobody to reply to.</summary>
    internal bool Remove(FusePendingReply reply)
    {
        lock (_lock)
            return _replies.Remove(reply.Unique) && !_ended;
    }

    /// <summary>False if the request is unknown: not begun yet, or answered already.</summary>
    internal bool Interrupt(ulong unique)
    {
        FusePendingReply? reply;
        lock (_lock)
        {
            if (!_replies.TryGetValue(unique, out reply))
            {
                if (TryMark(unique))
                    return true;
                // The kernel does not send an INTERRUPT of an io_uring request again, and it takes another way than its request:
                // it can be here first. Uniques are not reused, so that one that came too late does no harm.
                _early[_nextEarly % EarlyInterrupts] = unique;
                Volatile.Write(ref _nextEarly, _nextEarly + 1);
                return false;
            }
        }

        reply.Interrupt();
        return true;
    }

    /// <summary>Whether the INTERRUPT of a request came before anybody had begun with it.</summary>
    internal bool WasInterruptedEarly(ulong unique) => Volatile.Read(ref _nextEarly) != 0 && _early.AsSpan().Contains(unique);

    internal void Abandon()
    {
        FusePendingReply[] abandoned;
        lock (_lock)
        {
            _ended = true;
            abandoned = [.. _replies.Values];
            _replies.Clear();
        }

        foreach (FusePendingReply reply in abandoned)
            reply.Interrupt();
    }

    private bool TryMark(ulong unique)
    {
        foreach (InFlightSlot slot in _slots)
        {
            if (slot.Current == unique)
            {
                slot.MarkInterrupted(unique);
                return true;
            }
        }

        return false;
    }
}
