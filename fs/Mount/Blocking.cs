using System.Diagnostics;
using Fs.Host;
using Fuse;
using Microsoft.Extensions.Logging;

namespace Fs.Mount;

/// <summary>
/// Takes a request off the thread that serves it, because answering it may wait: for a running purge (R12), for a host
/// process, for the host's page cache.
/// </summary>
internal sealed partial class Blocking(ILogger logger)
{
    // (uid_t)-1, which no caller has.
    private const uint Nobody = uint.MaxValue;

    private readonly FairThreads _threads = new("blocking", threads: 16, userShare: 4, rootShare: 12);
    private ulong _reported; // Interlocked; a bit per opcode

    /// <summary>Starts the threads; before the first request.</summary>
    public void Start() => _threads.Start();

    /// <summary>Ends the threads when nobody is left to be answered.</summary>
    public void Stop() => _threads.Stop();

    /// <summary>Defers the reply and runs the work elsewhere; work that throws answers EIO, or ENOMEM.</summary>
    /// <returns><see cref="FuseResult.Deferred"/>, or -EAGAIN when the caller has too much waiting already.</returns>
    public int Run(FuseRequest request, Action<FusePendingReply> work)
    {
        if (_threads.IsFull(request.Uid))
            return -Errno.EAGAIN;
        FusePendingReply reply = request.Defer();
        _threads.Add(request.Uid, () => Do(reply, () => work(reply)));
        return FuseResult.Deferred;
    }

    /// <summary>Runs work of the daemon's own, which waits for nobody's requests.</summary>
    public void Run(Action work) => _threads.Add(Nobody, () => Do(null, work));

    /// <summary>As above, for a request that was deferred before: work that throws answers it.</summary>
    public void Run(FusePendingReply reply, Action work) => _threads.Add(Nobody, () => Do(reply, work));

    private void Do(FusePendingReply? reply, Action work)
    {
        try
        {
            work();
        }
#pragma warning disable CA1031 // A request is always answered, and an exception on a bare thread would end the process.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _ = reply?.TryCompleteError(ErrnoOf(error));
            Report(reply?.Opcode ?? default, error);
        }
    }

    // The runtime throws with the errno of a call that found no descriptor; to the caller that is the system's limit.
    private static int ErrnoOf(Exception error) => error switch
    {
        OutOfMemoryException => -Errno.ENOMEM,
        IOException { HResult: Errno.EMFILE or Errno.ENFILE } => -Errno.ENFILE,
        _ => -Errno.EIO,
    };

    // The first failure of each opcode: who can make one can make many.
    private void Report(FuseOpcode opcode, Exception error)
    {
        ulong bit = 1UL << (int)((uint)opcode % 64);
        if ((Interlocked.Or(ref _reported, bit) & bit) != 0)
            return;
        try
        {
            if (ErrnoOf(error) == -Errno.EIO)
                LogFailed(logger, opcode, error);
            else
                LogRefused(logger, opcode, error.Message);
        }
#pragma warning disable CA1031 // As above: a log that fails must not take the thread with it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Debug.Fail(e.ToString());
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Opcode} failed")]
    private static partial void LogFailed(ILogger logger, FuseOpcode opcode, Exception error);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Opcode} refused: {Reason}")]
    private static partial void LogRefused(ILogger logger, FuseOpcode opcode, string reason);
}
