using Fs.Host;
using Fuse;
using ProcFs.Nodes;
using UserCounts = KernelModel.UserCounts;

namespace Fs.Mount;

/// <summary>
/// A reply to a call that may wait long, for a purge that is running (R12) or a user fault (R61), and holds no thread for that.
/// A signal ends the call (EINTR), unless its answer has been claimed: what is told to a caller is told to one who hears it.
/// </summary>
internal sealed class ParkedReply : IProcCall
{
    private readonly Blocking _blocking;
    private readonly UserCounts _calls;
    private Action? _cancel; // Interlocked: written before _interrupted is looked at, read after that is written
    private int _interrupted; // Interlocked
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

    /// <summary>What the call has stored in a file shows in the host's page cache when it returns (msync of a task).</summary>
    public IHostCacheControl? HostCache { get; init; }

    /// <inheritdoc/>
    public long Offset { get; init; }

    /// <inheritdoc/>
    public void Queue(Action work) => _blocking.Run(Reply, () => Do(work));

    /// <summary>Does what is to complete the reply; when it throws, the caller of this has to.</summary>
    public void Do(Action work)
    {
        try
        {
            work();
        }
        catch
        {
            _ = TryClaim();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Waits(Action cancel)
    {
        Interlocked.Exchange(ref _cancel, cancel);
        if (Volatile.Read(ref _interrupted) != 0)
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
        else if (HostCache is { } cache)
            cache.AfterInvalidations(() => Reply.CompleteWrite((uint)result));
        else
            Reply.CompleteWrite((uint)result);
    }

    /// <inheritdoc/>
    public void Complete(ReadOnlySpan<byte> data) => Reply.CompleteData(data);

    private void Interrupt()
    {
        if (!TryClaim())
            return;
        Interlocked.Exchange(ref _interrupted, 1);
        Volatile.Read(ref _cancel)?.Invoke();
        Reply.CompleteError(-Errno.EINTR);
    }
}
