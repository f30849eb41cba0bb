namespace Fuse;

// Replies that come from other threads. Only the thread of a ring submits to it: others leave the reply in its entry and wake it.
internal sealed unsafe partial class RingWorker
{
    // Uniques of the kernel count up from 0; these are never one of them, and bit 0 would make an INTERRUPT of it.
    private const ulong FirstNudge = 1UL << 62;
    private const ulong NextNudge = 2;

    private readonly Lock _gate = new();
    private readonly Queue<RingEntry> _answered = []; // _gate
    private bool _closed; // _gate
    private bool _mustLeave; // _gate
    private int _parked; // by the thread
    private ulong _nudges; // by the thread
    private ulong _file; // by the thread; a regular file that the kernel knew lately, 0 before the first

    /// <summary>The session ends: the thread shall come to its end too, wherever it waits.</summary>
    internal void Leave()
    {
        lock (_gate)
        {
            _mustLeave = true;
            Wake();
        }
    }

    internal void ReplyToParked(RingEntry entry, int error, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        lock (_gate)
        {
            if (_closed)
                return; // there is nobody to reply to, and the entry is no more
            if (!entry.IsParked)
            {
                entry.Hold(error, first, second);
                return;
            }

            entry.SetReply(error, first, second);
            _answered.Enqueue(entry);
            Wake();
        }
    }

    /// <summary>
    /// Sets an entry aside and puts another one in its place: requests that the deferred ones wait for must come through.
    /// </summary>
    private void Park(RingEntry entry)
    {
        lock (_gate)
        {
            if (!entry.HasHeldReply)
            {
                entry.IsParked = true;
                _parked++;
            }
        }

        if (!entry.IsParked && entry.HasHeldReply)
        {
            entry.SetHeldReply();
            Commit(entry);
            return;
        }

        if (_entries.Count - _parked < _depth)
            TryAddEntry(entry.Request.Opcode);
        if (!_ring!.HasCompletion)
            Nudge(entry.Request.NodeId);
    }

    // Without one more there are fewer until replies bring the parked ones back: no reason to end the session.
    private void TryAddEntry(FuseOpcode opcode)
    {
        try
        {
            AddEntry();
        }
        catch (OutOfMemoryException e)
        {
            _session.ReportFailure(opcode, e);
        }
    }

    /// <summary>
    /// fs/fuse/dev_uring.c: fuse_uring_do_register; a new entry is not given the requests that were waiting before it came, only a
    /// commit fetches those. So a request is asked for that can be committed: the notification RETRIEVE of no bytes makes one, in
    /// the queue of the CPU it is written on. It takes regular files only: mostly the one the deferred request is about.
    /// </summary>
    private void Nudge(ulong node)
    {
        _ = _ring!.Submit(wait: false);
        if (Retrieve(node) < 0 && _file != 0 && _file != node)
            _ = Retrieve(_file);
    }

    private int Retrieve(ulong node)
    {
        // The kernel finds what is committed by this number: no two may be the same while both are on their way.
        ulong unique = FirstNudge + ((ulong)_queue << 40) + (_nudges++ * NextNudge);
        fuse_notify_retrieve_out message = new() { notify_unique = unique, nodeid = node };
        ReadOnlySpan<byte> bytes = new(&message, sizeof(fuse_notify_retrieve_out));
        return _channel.Send(0, (int)FuseNotifyCode.FUSE_NOTIFY_RETRIEVE, bytes, default);
    }

    private void WatchWake()
    {
        ref Libc.IoUringSqe sqe = ref _ring!.Prepare();
        sqe.opcode = Libc.IORING_OP_POLL_ADD;
        sqe.fd = _wake;
        sqe.op_flags = BitConverter.IsLittleEndian ? Libc.POLLIN : Libc.POLLIN << 16;
        sqe.user_data = WakeTag;
    }

    private void Woken()
    {
        ulong count;
        _ = Libc.read(_wake, &count, sizeof(ulong));
        WatchWake();
        lock (_gate)
        {
            _leaving |= _mustLeave;
            while (_answered.TryDequeue(out RingEntry? entry))
            {
                entry.IsParked = false;
                _parked--;
                Commit(entry);
            }
        }
    }

    /// <summary>Precondition: _gate is held.</summary>
    private void Wake()
    {
        ulong one = 1;
        if (!_closed)
            _ = Libc.write(_wake, &one, sizeof(ulong));
    }

    private void CloseGate()
    {
        lock (_gate)
        {
            _closed = true;
            if (_wake >= 0)
                _ = Libc.close(_wake);
        }
    }
}
