namespace Fuse;

/// <summary>The deferred replies of a session, found by INTERRUPT and by the end of the session.</summary>
internal sealed class PendingReplies
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, FusePendingReply> _replies = []; // _lock
    private readonly List<InFlightSlot> _slots = []; // _lock
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
            interrupted = slot.IsInterrupted || _ended;
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
                return TryMark(unique);
        }

        reply.Interrupt();
        return true;
    }

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
