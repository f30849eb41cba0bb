using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Fs.Host;

/// <summary>
/// Threads that look at processes of the host. A process may keep its address space locked for as long as it likes, and with it
/// who reads its maps: whoever asks waits for a bounded time, and a look-up that is stuck holds its own thread alone. The
/// processes of one user have half of the free threads at most, so that no stranger's take all of them. The threads are there
/// before they are needed.
/// </summary>
internal sealed partial class HostLookups : IDisposable
{
    /// <summary>So long anybody waits at most.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(250);

    private const int Threads = 8;

    // Guards the rest.
    private readonly object _lock = new();
    private readonly Queue<UserQueue> _users = [];
    private readonly HostLookup?[] _running = new HostLookup?[Threads];
    private int _free = Threads;
    private volatile bool _stopping;

    private readonly ILogger _logger;

    public HostLookups(ILogger logger)
    {
        _logger = logger;
        for (int index = 0; index < Threads; index++)
        {
            int own = index;
            new Thread(() => Work(own)) { IsBackground = true, Name = $"lookup-{index}" }.Start();
        }
    }

    /// <summary>Looks at processes beside each other and waits for that, no longer than the bound.</summary>
    public void Run(IReadOnlyList<HostLookup> lookups)
    {
        var batch = new Batch(lookups.Count);
        lock (_lock)
        {
            foreach (HostLookup lookup in lookups)
                QueueOf(lookup.Uid).Waiting.AddLast((lookup, batch));
            Monitor.PulseAll(_lock);
        }

        if (batch.Wait())
            return;
        lock (_lock)
        {
            foreach (UserQueue user in _users)
                user.Forget(batch);
        }
    }

    /// <summary>Ends the threads; one that is stuck goes with the process.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _stopping = true;
            Monitor.PulseAll(_lock);
        }
    }

    private UserQueue QueueOf(uint uid)
    {
        foreach (UserQueue user in _users)
        {
            if (user.Uid == uid)
                return user;
        }

        var added = new UserQueue(uid);
        _users.Enqueue(added);
        return added;
    }

    private void Work(int index)
    {
        while (TryTake(index, out HostLookup? lookup, out UserQueue? user, out Batch? batch))
        {
            try
            {
                lookup!.Run();
            }
#pragma warning disable CA1031 // Out of memory, say: then nothing is known of this process, and the others are looked at.
            catch (Exception error)
#pragma warning restore CA1031
            {
                if (!_stopping)
                    LogFailed(_logger, lookup!.ProcessId, error);
            }

            lock (_lock)
            {
                _running[index] = null;
                _free++;
                user!.Running--;
                Monitor.Pulse(_lock); // his next one may run now
            }

            batch!.Done();
        }
    }

    private bool TryTake(int index, out HostLookup? lookup, out UserQueue? user, out Batch? batch)
    {
        lock (_lock)
        {
            while (true)
            {
                for (int turns = _users.Count; turns > 0; turns--)
                {
                    user = _users.Dequeue();
                    if (user.Running > 0 || user.Waiting.Count > 0)
                        _users.Enqueue(user);
                    if (user.Running >= (_free + 1) / 2 || user.Waiting.First is not { } next)
                        continue;
                    user.Waiting.RemoveFirst();
                    (lookup, batch) = next.Value;
                    if (IsKnownAsStuck(lookup.ProcessId))
                    {
                        batch.Done();
                        turns++;
                        continue;
                    }

                    lookup.Begin();
                    _running[index] = lookup;
                    _free--;
                    user.Running++;
                    return true;
                }

                if (_stopping)
                {
                    (lookup, user, batch) = (null, null, null);
                    return false;
                }

                Monitor.Wait(_lock);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "looking at process {ProcessId} failed")]
    private static partial void LogFailed(ILogger logger, int processId, Exception error);

    private bool IsKnownAsStuck(int processId)
    {
        foreach (HostLookup? lookup in _running)
        {
            if (lookup is not null && lookup.ProcessId == processId && lookup.IsStuck)
                return true;
        }

        return false;
    }

    /// <summary>What is asked of the processes of one user. Guarded by the lock of the threads.</summary>
    private sealed class UserQueue(uint uid)
    {
        public uint Uid => uid;

        public LinkedList<(HostLookup Lookup, Batch Batch)> Waiting { get; } = [];

        public int Running { get; set; }

        public void Forget(Batch batch)
        {
            for (LinkedListNode<(HostLookup, Batch Batch)>? at = Waiting.First, next; at is not null; at = next)
            {
                next = at.Next;
                if (at.Value.Batch == batch)
                    Waiting.Remove(at);
            }
        }
    }

    /// <summary>Look-ups that somebody waits for. Its monitor guards the count.</summary>
    private sealed class Batch(int count)
    {
        private int _left = count;

        public void Done()
        {
            lock (this)
            {
                if (--_left == 0)
                    Monitor.Pulse(this);
            }
        }

        /// <summary>Whether all came to an end within the bound.</summary>
        public bool Wait()
        {
            long start = Stopwatch.GetTimestamp();
            lock (this)
            {
                while (_left > 0)
                {
                    TimeSpan left = Bound - Stopwatch.GetElapsedTime(start);
                    if (left <= TimeSpan.Zero)
                        return false;
                    Monitor.Wait(this, left);
                }

                return true;
            }
        }
    }
}
