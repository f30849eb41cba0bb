using System.Diagnostics;

namespace Fuse;

/// <summary>One reader of a session polls at a time; the others sleep, and take what comes while that one is busy.</summary>
internal sealed class PollingRole(TimeSpan budget)
{
    private int _taken; // Interlocked

    /// <summary>The longest a reader polls for one request, in ticks of <see cref="Stopwatch"/>.</summary>
    internal long Budget { get; } = (long)(budget.TotalSeconds * Stopwatch.Frequency);

    /// <summary>With one CPU, polling only keeps away who would send the request.</summary>
    internal bool IsWorthwhile => Budget > 0 && Environment.ProcessorCount > 1;

    internal bool TryTake() => Interlocked.CompareExchange(ref _taken, 1, 0) == 0;

    internal void Return() => Volatile.Write(ref _taken, 0);
}
