using Fuse;
using Microsoft.Extensions.Logging;

namespace Fs.Mount;

/// <summary>
/// Takes a request off the thread that serves it, because answering it may wait: for a running purge (R12), for a host
/// process, for the host's page cache.
/// </summary>
internal sealed partial class Blocking(ILogger logger)
{
    // So many may wait at once before the pool adds threads slowly.
    private const int Threads = 16;

    private readonly ILogger _logger = logger;

    static Blocking()
    {
        ThreadPool.GetMinThreads(out int workers, out int ports);
        ThreadPool.SetMinThreads(Math.Max(workers, Threads), ports);
    }

    /// <summary>Defers the reply and runs the work elsewhere; work that throws answers EIO.</summary>
    public int Run(FuseRequest request, Action<FusePendingReply> work)
    {
        FusePendingReply reply = request.Defer();
        ThreadPool.UnsafeQueueUserWorkItem(
            static state =>
            {
                (Blocking blocking, Action<FusePendingReply> work, FusePendingReply reply) = state;
                try
                {
                    work(reply);
                }
#pragma warning disable CA1031 // A request is always answered.
                catch (Exception error)
#pragma warning restore CA1031
                {
                    LogFailed(blocking._logger, reply.Opcode, error);
                    reply.CompleteError(-Errno.EIO);
                }
            },
            (this, work, reply),
            preferLocal: false);
        return FuseResult.Deferred;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Opcode} failed")]
    private static partial void LogFailed(ILogger logger, FuseOpcode opcode, Exception error);
}
