using System.Diagnostics;

namespace Fs.Host;

/// <summary>
/// Which processes have files of the mount open or mapped. All are looked at, beside each other and within a bound; one scan at a
/// time serves all who ask, what it found is good for a moment, and half of the time none runs.
/// </summary>
/// <param name="proc">The host's /proc.</param>
/// <param name="lookups">Where the looking is done.</param>
/// <param name="connection">Minor device number of the mount.</param>
internal sealed class MountUsers(HostProc proc, HostLookups lookups, uint connection)
{
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(100);

    // Guards the rest.
    private readonly object _lock = new();
    private IReadOnlyList<int> _found = [];
    private TimeSpan _took;
    private long _ended; // in stopwatch ticks
    private bool _isRunning;

    /// <summary>Those that could be looked at, ascending. Bounded; not from a thread that serves requests.</summary>
    public IReadOnlyList<int> Find()
    {
        TimeSpan pause;
        lock (_lock)
        {
            while (_isRunning)
                Monitor.Wait(_lock);
            if (_ended > 0 && Stopwatch.GetElapsedTime(_ended) < s_moment)
                return _found;
            pause = _took - Stopwatch.GetElapsedTime(_ended);
            _isRunning = true;
        }

        IReadOnlyList<int>? found = null;
        if (pause > TimeSpan.Zero)
            Thread.Sleep(pause);
        long began = Stopwatch.GetTimestamp();
        try
        {
            return found = Scan();
        }
        finally
        {
            lock (_lock)
            {
                _found = found ?? _found;
                _ended = Stopwatch.GetTimestamp();
                _took = Stopwatch.GetElapsedTime(began, _ended);
                _isRunning = false;
                Monitor.PulseAll(_lock);
            }
        }
    }

    private List<int> Scan()
    {
        List<int> processes = [];
        _ = proc.List(".", processes);
        var all = new List<UseLookup>(processes.Count);
        foreach (int process in processes)
        {
            if (process != Environment.ProcessId && ProcStatus.Read(proc, process) is ProcStatus status)
                all.Add(new UseLookup(proc, process, status.RealUid, connection));
        }

        lookups.Run(all);
        List<int> found = [];
        foreach (UseLookup lookup in all)
        {
            if (lookup.IsDone && lookup.UsesMount)
                found.Add(lookup.ProcessId);
        }

        found.Sort();
        return found;
    }
}
