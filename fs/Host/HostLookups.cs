using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Fs.Host;

/// <summary>
/// Looks at processes of the host. A process may keep its address space locked for as long as it likes, and with it who reads
/// its maps: whoever asks waits for a bounded time, a look that is stuck holds its own thread alone, and the processes of one
/// user have a share of the threads, so that no stranger's take all of them.
/// </summary>
internal sealed partial class HostLookups : IDisposable
{
    /// <summary>So long anybody waits at most.</summary>
    public static readonly TimeSpan Bound = TimeSpan.FromMilliseconds(250);

    private readonly FairThreads _threads = new("lookup", threads: 8, userShare: 2, rootShare: 4);
    private readonly ILogger _logger;

    // Guards the looks that run.
    private readonly Lock _lock = new();
    private readonly List<HostLookup> _running = [];
    private volatile bool _stopping;

    public HostLookups(ILogger logger)
    {
        _logger = logger;
        _threads.Start();
    }

    /// <summary>Looks at processes beside each other and waits for that, no longer than the bound.</summary>
    public void Run(IReadOnlyList<HostLookup> lookups)
    {
        var batch = new Batch(lookups.Count);
        foreach (HostLookup lookup in lookups)
        {
            // Who has as much waiting as that keeps his processes to himself.
            if (_threads.IsFull(lookup.Uid))
                batch.Done();
            else
                _threads.Add(lookup.Uid, () => Look(lookup, batch));
        }

        batch.Wait();
    }

    /// <summary>Ends the threads; one that is stuck goes with the process.</summary>
    public void Dispose()
    {
        _stopping = true;
        _threads.Stop();
    }

    private void Look(HostLookup lookup, Batch batch)
    {
        if (batch.IsOver || !TryBegin(lookup))
        {
            batch.Done();
            return;
        }

        try
        {
            lookup.Run();
        }
#pragma warning disable CA1031 // Out of memory, say: then nothing is known of this process, and the others are looked at.
        catch (Exception error)
#pragma warning restore CA1031
        {
            if (!_stopping)
                LogFailed(_logger, lookup.ProcessId, error);
        }

        lock (_lock)
            _running.Remove(lookup);
        batch.Done();
    }

    // Not at one of which it is known that a look at it is stuck.
    private bool TryBegin(HostLookup lookup)
    {
        lock (_lock)
        {
            if (lookup.ProcessId != 0 && _running.Exists(other => other.ProcessId == lookup.ProcessId && other.IsStuck))
                return false;
            lookup.Begin();
            _running.Add(lookup);
            return true;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "looking at process {ProcessId} failed")]
    private static partial void LogFailed(ILogger logger, int processId, Exception error);

    /// <summary>Looks that somebody waits for. Its monitor guards the count.</summary>
    private sealed class Batch(int count)
    {
        private int _left = count;
        private volatile bool _isOver;

        /// <summary>Whether nobody waits any more.</summary>
        public bool IsOver => _isOver;

        public void Done()
        {
            lock (this)
            {
                if (--_left == 0)
                    Monitor.Pulse(this);
            }
        }

        public void Wait()
        {
            long start = Stopwatch.GetTimestamp();
            lock (this)
            {
                while (_left > 0)
                {
                    TimeSpan left = Bound - Stopwatch.GetElapsedTime(start);
                    if (left <= TimeSpan.Zero)
                        break;
                    Monitor.Wait(this, left);
                }
            }

            _isOver = true;
        }
    }
}
