using System.Globalization;

namespace Fuse;

/// <summary>The io_uring queues of a session, one for every CPU the kernel might ever use.</summary>
internal sealed class RingTransport
{
    private const string PossibleCpus = "/sys/devices/system/cpu/possible";

    private readonly FuseSession _session;
    private readonly FuseChannel _channel;
    private readonly IoUring _wayBack;
    private readonly int _depth;
    private readonly RingWorker[] _workers; // complete before Start returns

    private RingTransport(FuseSession session, FuseChannel channel, IoUring wayBack, int queues, int depth)
    {
        _session = session;
        _channel = channel;
        _wayBack = wayBack;
        _depth = depth;
        _workers = new RingWorker[queues];
    }

    /// <summary>Null if io_uring cannot be had here. Before INIT is answered: afterwards the kernel waits for every queue.</summary>
    internal static RingTransport? TryPrepare(FuseSession session, FuseChannel channel, int depth)
    {
        if (!channel.Device.IsDevice() || CountQueues() is not { } queues)
            return null;
        return IoUring.TryCreate(1, 2, out _) is { } ring ? new RingTransport(session, channel, ring, queues, depth) : null;
    }

    /// <summary>Brings up all queues, or tells the kernel to do without; by the thread that prepared.</summary>
    internal bool Start()
    {
        using CountdownEvent missing = new(_workers.Length);
        int failed = 0;
        void Ready(bool serves)
        {
            if (!serves)
                _ = Interlocked.Increment(ref failed);
            _ = missing.Signal();
        }

        for (int queue = 0; queue < _workers.Length; queue++)
            _workers[queue] = new RingWorker(_session, _channel, (ushort)queue, _depth, Ready);
        foreach (RingWorker worker in _workers)
        {
            try
            {
                _session.Starting(worker.Start);
            }
            catch (OutOfMemoryException)
            {
                // No more threads. Those that did start are waited for; the device needs fewer.
                worker.Dispose();
                Ready(serves: false);
            }
        }

        missing.Wait();
        if (failed != 0)
        {
            Refuse();
            Leave();
        }

        _wayBack.Dispose();
        return failed == 0;
    }

    internal void Leave()
    {
        foreach (RingWorker? worker in _workers)
            worker?.Leave();
    }

    // fs/fuse/dev_uring.c: fuse_uring_cmd; a REGISTER that fails makes the kernel go on with the device alone.
    private unsafe void Refuse()
    {
        ref Libc.IoUringSqe sqe = ref _wayBack.Prepare();
        sqe.opcode = Libc.IORING_OP_URING_CMD;
        sqe.fd = (int)_channel.Device.DangerousGetHandle(); // the first worker, which runs this, holds it open
        sqe.cmd_op = FuseUringCommand.FUSE_IO_URING_CMD_REGISTER;
        sqe.cmd = new fuse_uring_cmd_req { qid = ushort.MaxValue };
        _ = _wayBack.Submit(wait: true);
    }

    /// <summary>The kernel wants as many queues as there are possible CPUs, and numbers them by CPU.</summary>
    private static int? CountQueues()
    {
        try
        {
            string range = File.ReadAllText(PossibleCpus).Trim();
            if (range == "0")
                return 1;
            return range.StartsWith("0-", StringComparison.Ordinal)
                && ushort.TryParse(range.AsSpan(2), CultureInfo.InvariantCulture, out ushort last) ? last + 1 : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
