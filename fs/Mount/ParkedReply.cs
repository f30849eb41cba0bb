using Fuse;
using ProcFs.Nodes;
using UserCounts = KernelModel.UserCounts;

namespace Fs.Mount;

/// <summary>
/// A reply to a call that may wait long, for a purge that is running (R12), and holds no thread for that. A signal ends the
/// call (EINTR), unless its answer has been claimed: what is told to a caller is told to one who hears it.
/// </summary>
internal sealed class ParkedReply : IProcWrite
{
    private readonly Blocking _blocking;
    private readonly UserCounts _calls;
    private Action? _cancel; // Volatile: written before _interrupted is looked at, read after that is written
    private volatile bool _interrupted;
    private int _claimed; // Interlocked

    public ParkedReply(FusePendingReply reply, Blocking blocking, UserCounts calls)
    {
        Reply = reply;
        _blocking = blocking;
        _calls = calls;
        reply.OnInterrupt(Interrupt);
    }

    /// <summary>Complete it only after <see cref="TryClaim"/>.</summary>
    public FusePendingReply Reply { get; }

    /// <inheritdoc/>
    public int ThreadId => (int)Reply.Pid;

    /// <inheritdoc/>
    public long Offset { get; init; }

    /// <inheritdoc/>
    public void Queue(Action work) => _blocking.Run(work);

    /// <inheritdoc/>
    public void Waits(Action cancel)
    {
        Volatile.Write(ref _cancel, cancel);
        if (_interrupted)
            cancel();
    }

    /// <inheritdoc/>
    public bool TryClaim()
    {
        if (Interlocked.Exchange(ref _claimed, 1) != 0)
            return false;
        _calls.Add(Reply.Uid, -1);
        return true;
    }

    /// <inheritdoc/>
    public void Complete(int result)
    {
        if (result < 0)
            Reply.CompleteError(result);
        else
            Reply.CompleteWrite((uint)result);
    }

    private void Interrupt()
    {
        if (!TryClaim())
            return;
        _interrupted = true;
        Volatile.Read(ref _cancel)?.Invoke();
        Reply.CompleteError(-Errno.EINTR);
    }
}
