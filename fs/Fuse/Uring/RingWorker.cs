using System.Diagnostics;

namespace Fuse;

/// <summary>
/// One thread on one CPU: takes the requests of that CPU's queue from its own io_uring and answers them there. Nothing on this
/// path allocates or takes a lock.
/// </summary>
internal sealed unsafe partial class RingWorker : IDisposable
{
    private const ulong WakeTag = ulong.MaxValue;

    // fs/fuse/dev_uring.c: FUSE_URING_TEARDOWN_TIMEOUT
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly FuseSession _session;
    private readonly FuseChannel _channel;
    private readonly RequestHandler _handler;
    private readonly InFlightSlot _slot = new();
    private readonly List<RingEntry> _entries = [];
    private readonly ushort _queue;
    private readonly int _depth;
    private readonly int _wake;
    private readonly Action<bool> _ready;
    private IoUring? _ring; // made and used by the thread
    private WorkerBuffers? _scratch; // replies to requests whose arguments stand where the reply goes
    private int _fd; // valid inside of Run
    private int _inKernel; // entries submitted and not come back
    private bool _leaving; // by the thread

    /// <param name="session">The session.</param>
    /// <param name="channel">The device.</param>
    /// <param name="queue">The queue: a CPU.</param>
    /// <param name="depth">Entries that are to be free or being handled.</param>
    /// <param name="ready">Told once, by the thread, whether it serves.</param>
    internal RingWorker(FuseSession session, FuseChannel channel, ushort queue, int depth, Action<bool> ready)
    {
        _session = session;
        _channel = channel;
        _handler = new RequestHandler(session);
        _queue = queue;
        _depth = depth;
        _ready = ready;
        _wake = Libc.eventfd(0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);
        session.Pending.AddSlot(_slot);
    }

    internal void Start() => new Thread(Run) { Name = $"fuse-ring-{_queue}", IsBackground = true }.Start();

    private void Run()
    {
        bool held = false;
        bool served = false;
        Exception? failure = null;
        try
        {
            _channel.Device.DangerousAddRef(ref held);
            _fd = (int)_channel.Device.DangerousGetHandle();
            Pin();
            served = Register();
            _ready(served);
            if (served)
                Serve();
        }
#pragma warning disable CA1031 // An exception on a bare thread would end the process; this ends the session and says why.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (served)
                failure = e;
            else
                _ready(false); // there is another transport
        }
        finally
        {
            if (held)
                _channel.Device.DangerousRelease();
            // One that fails before requests are waited for is not needed; it ends the others, not the session.
            Dispose();
            _session.WorkerLeft(failure);
        }
    }

    // The kernel gives a queue the requests made on its CPU, and wakes whoever waits for it cheapest there.
    private void Pin()
    {
        const int bits = 8;
        Span<byte> mask = stackalloc byte[(ushort.MaxValue + 1) / bits];
        mask.Clear();
        mask[_queue / bits] = (byte)(1 << (_queue % bits));
        fixed (byte* bytes = mask)
            _ = Libc.sched_setaffinity(0, (nuint)mask.Length, bytes); // a CPU that is off, or not ours: it works, less well
    }

    private bool Register()
    {
        uint entries = (uint)_depth + 1; // one more for the wake-up
        _ring = IoUring.TryCreate(entries, 2 * entries, out _);
        if (_ring is null || _wake < 0)
            return false;

        WatchWake();
        for (int i = 0; i < _depth; i++)
            AddEntry();
        _scratch = new WorkerBuffers(0, _entries[0].Capacity);
        return _ring.Submit(wait: false) == 0 && !_ring.HasFailed(WakeTag);
    }

    private void Serve()
    {
        while (!_leaving)
        {
            int errno = _ring!.Submit(wait: true);
            if (errno != 0)
                throw new FuseProtocolException($"Waiting for FUSE requests failed: {Errno.Describe(errno)} (errno {errno}).");

            while (_ring.TryTake(out Libc.IoUringCqe completion))
            {
                if (completion.user_data == WakeTag)
                    Woken();
                else
                    Completed(_entries[(int)completion.user_data], completion.res);
                // A reply must not wait for another request's handler: that one may be waiting for the caller.
                if (_ring.HasCompletion)
                    _ = _ring.Submit(wait: false);
            }
        }
    }

    private void Completed(RingEntry entry, int result)
    {
        _inKernel--;
        switch (-result)
        {
            case 0:
                if (!_leaving)
                    Handle(entry);
                break;
            case Errno.ENOTCONN or Errno.ECONNABORTED or Errno.ECANCELED or Errno.ENODEV:
                _leaving = true;
                break;
            default:
                throw new FuseProtocolException($"A FUSE ring entry failed: {Errno.Describe(-result)} (errno {-result}).");
        }
    }

    private void Handle(RingEntry entry)
    {
        fuse_in_header* header = (fuse_in_header*)entry.Header->in_out;
        FuseRequest request = entry.Request;
        request.Begin(in *header);
        _slot.Current = header->unique;
        if (request.Opcode is FuseOpcode.FUSE_OPEN or FuseOpcode.FUSE_READ or FuseOpcode.FUSE_WRITE)
            _file = request.NodeId;

        // What is not payload is the first argument; extensions end the payload.
        uint payload = entry.Header->ring_ent_in_out.payload_sz;
        long first = (long)header->len - sizeof(fuse_in_header) - payload;
        int extensions = header->total_extlen * 8;
        if (first is < 0 or > 128 || payload > (uint)entry.Capacity || extensions > payload)
        {
            _slot.Current = 0;
            entry.SetReply(-Errno.EIO, 0);
            Commit(entry);
            return;
        }

        int arguments = (int)payload - extensions;
        if (extensions > 0)
            RequestHandler.ReadExtensions(request, new RequestReader(entry.Payload + arguments, extensions));
        RequestReader args = new(entry.Header->op_in, (int)first, entry.Payload, arguments);
        byte* reply = payload == 0 ? entry.Payload : _scratch!.Reply;
        int result = _handler.Handle(request, ref args, new ReplyBuffer(reply, entry.Capacity));
        _slot.Current = 0;
        if (result == FuseResult.Deferred)
            Park(entry);
        else
            Answer(entry, result == FuseResult.NoReply ? 0 : result, reply);
    }

    private void Answer(RingEntry entry, int result, byte* reply)
    {
        int length = Math.Max(result, 0);
        if (reply != entry.Payload)
            new ReadOnlySpan<byte>(reply, length).CopyTo(new Span<byte>(entry.Payload, entry.Capacity));
        entry.SetReply(result < 0 ? FuseResult.ToError(result) : 0, length);
        Commit(entry);
    }

    private void AddEntry()
    {
        RingEntry entry = new(this, _session, _slot, _entries.Count);
        _entries.Add(entry);
        ref Libc.IoUringSqe sqe = ref Command(entry, FuseUringCommand.FUSE_IO_URING_CMD_REGISTER, 0);
        sqe.addr = (ulong)entry.Vectors;
        sqe.len = 2;
    }

    private void Commit(RingEntry entry)
        => _ = Command(entry, FuseUringCommand.FUSE_IO_URING_CMD_COMMIT_AND_FETCH, entry.CommitId);

    private ref Libc.IoUringSqe Command(RingEntry entry, FuseUringCommand command, ulong commitId)
    {
        _inKernel++;
        ref Libc.IoUringSqe sqe = ref _ring!.Prepare();
        sqe.opcode = Libc.IORING_OP_URING_CMD;
        sqe.fd = _fd;
        sqe.cmd_op = command;
        sqe.user_data = (ulong)entry.Index;
        sqe.cmd = new fuse_uring_cmd_req { qid = _queue, commit_id = commitId };
        return ref sqe;
    }

    /// <summary>
    /// The kernel may still write into an entry that it has not given back, so that those are waited for; what does not come back
    /// in time is never freed.
    /// </summary>
    public void Dispose()
    {
        CloseGate();
        long start = Stopwatch.GetTimestamp();
        while (_ring is not null && _inKernel > 0 && _ring.Submit(wait: false) == 0)
        {
            while (_ring.TryTake(out Libc.IoUringCqe completion))
                _inKernel -= completion.user_data == WakeTag ? 0 : 1;
            if (Stopwatch.GetElapsedTime(start) > s_patience)
                break;
            if (_inKernel > 0)
                Thread.Sleep(1);
        }

        _ring?.Dispose();
        if (_inKernel > 0)
            return;
        foreach (RingEntry entry in _entries)
            entry.Free();
        _scratch?.Dispose();
    }
}
