using System.Diagnostics;
using Fuse;
using Microsoft.Extensions.Logging;

namespace Fs.Mount;

/// <summary>
/// Takes a request off the thread that serves it, because answering it may wait: for a running purge (R12), for a host
/// process, for the host's page cache. The threads are there before they are needed: where the machine has come to a limit
/// none could be started. They take turns between users, and none of them has all: one whose requests wait for ever keeps
/// himself waiting.
/// </summary>
internal sealed partial class Blocking(ILogger logger)
{
    private const int Threads = 16;

    // Threads that work for one user at a time. Root's leave some to the others.
    private const int UserShare = 4;
    private const int RootShare = 12;

    // (uid_t)-1, which no caller has.
    private const uint Nobody = uint.MaxValue;

    // Requests of one user that wait for a thread; the one that comes on top is refused.
    private const int MaxWaiting = 1024;

    // Guards the queues.
    private readonly object _lock = new();
    private readonly Dictionary<uint, UserQueue> _users = [];
    private readonly Queue<UserQueue> _ready = [];
    private bool _stopping;

    private ulong _reported; // Interlocked; a bit per opcode

    /// <summary>Starts the threads; before the first request.</summary>
    public void Start()
    {
        for (int index = 0; index < Threads; index++)
            new Thread(Work) { IsBackground = true, Name = $"blocking-{index}" }.Start();
    }

    /// <summary>Ends the threads when nobody is left to be answered. One that waits for a host process goes with the daemon.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _stopping = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Defers the reply and runs the work elsewhere; work that throws answers EIO, or ENOMEM.</summary>
    /// <returns><see cref="FuseResult.Deferred"/>, or -EAGAIN when the caller has too much waiting already.</returns>
    public int Run(FuseRequest request, Action<FusePendingReply> work)
    {
        lock (_lock)
        {
            if (_users.TryGetValue(request.Uid, out UserQueue? user) && user.Waiting.Count >= MaxWaiting)
                return -Errno.EAGAIN;
        }

        FusePendingReply reply = request.Defer();
        Add(request.Uid, new Job(reply, () => work(reply)));
        return FuseResult.Deferred;
    }

    /// <summary>Runs work of the daemon's own, which waits for nobody's requests.</summary>
    public void Run(Action work) => Add(Nobody, new Job(null, work));

    private void Add(uint uid, Job job)
    {
        lock (_lock)
        {
            if (!_users.TryGetValue(uid, out UserQueue? user))
                _users.Add(uid, user = new UserQueue(uid));
            user.Waiting.Enqueue(job);
            Offer(user);
        }
    }

    // The user comes behind all that are waiting for a thread. _lock is held.
    private void Offer(UserQueue user)
    {
        if (user.IsReady || user.Waiting.Count == 0 || user.Running >= (user.Uid == 0 ? RootShare : UserShare))
            return;
        user.IsReady = true;
        _ready.Enqueue(user);
        Monitor.Pulse(_lock);
    }

    private void Work()
    {
        while (TryTake(out UserQueue? user, out Job job))
        {
            Do(job);
            lock (_lock)
            {
                user!.Running--;
                Offer(user);
                if (user.Running == 0 && user.Waiting.Count == 0)
                    _users.Remove(user.Uid);
            }
        }
    }

    private bool TryTake(out UserQueue? user, out Job job)
    {
        lock (_lock)
        {
            while (!_ready.TryDequeue(out user))
            {
                if (_stopping)
                {
                    job = default;
                    return false;
                }

                Monitor.Wait(_lock);
            }

            user.IsReady = false;
            user.Running++;
            job = user.Waiting.Dequeue();
            Offer(user);
            return true;
        }
    }

    private void Do(Job job)
    {
        try
        {
            job.Work();
        }
#pragma warning disable CA1031 // A request is always answered, and an exception on a bare thread would end the process.
        catch (Exception error)
#pragma warning restore CA1031
        {
            _ = job.Reply?.TryCompleteError(ErrnoOf(error));
            Report(job.Reply?.Opcode ?? default, error);
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

    private readonly record struct Job(FusePendingReply? Reply, Action Work);

    /// <summary>What one user waits for. Guarded by the lock of the queues.</summary>
    private sealed class UserQueue(uint uid)
    {
        public uint Uid => uid;

        public Queue<Job> Waiting { get; } = [];

        /// <summary>Threads that work for him.</summary>
        public int Running { get; set; }

        /// <summary>Whether he stands in the queue of users.</summary>
        public bool IsReady { get; set; }
    }
}
