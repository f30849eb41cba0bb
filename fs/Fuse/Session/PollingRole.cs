using System.Diagnostics;

namespace Fuse;

/// <summary>
/// One reader of a session polls at a time; the others sleep, and take what comes while that one is busy. It polls for a single
/// caller, who waits while he is answered: several callers keep readers awake by themselves, and need the CPUs.
/// </summary>
/// <remarks>Readers change it without a lock: what one of them misses costs a poll more or less.</remarks>
internal sealed class PollingRole(TimeSpan budget)
{
    // A caller is alone after a millisecond without another one.
    private static readonly long s_alone = Stopwatch.Frequency / 1000;

    private int _taken; // Interlocked
    private uint _caller; // Volatile
    private long _lastChange; // Stopwatch ticks; Volatile

    /// <summary>The longest a reader polls for one request, in ticks of <see cref="Stopwatch"/>.</summary>
    internal long Budget { get; } = (long)(budget.TotalSeconds * Stopwatch.Frequency);

    /// <summary>With one CPU, polling only keeps away who would send the request.</summary>
    internal bool IsWorthwhile => Budget > 0 && Environment.ProcessorCount > 1;

    /// <summary>A request has come.</summary>
    /// <param name="caller">The thread that made it; 0 where the kernel names none.</param>
    /// <param name="now">Stopwatch ticks.</param>
    internal void Note(uint caller, long now)
    {
        if (caller == 0 || caller == Volatile.Read(ref _caller))
            return;
        Volatile.Write(ref _caller, caller);
        Volatile.Write(ref _lastChange, now);
    }

    internal bool TryTake(long now)
        => now - Volatile.Read(ref _lastChange) > s_alone && Interlocked.CompareExchange(ref _taken, 1, 0) == 0;

    internal void Return() => Volatile.Write(ref _taken, 0);
}
