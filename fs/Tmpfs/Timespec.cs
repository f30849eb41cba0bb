namespace Fs.Tmpfs;

/// <summary>A point in time as a file system stores it (linux: struct timespec64), since the epoch.</summary>
/// <param name="Seconds">Seconds, negative before 1970.</param>
/// <param name="Nanoseconds">0 to 999,999,999.</param>
internal readonly record struct Timespec(long Seconds, uint Nanoseconds)
{
    /// <summary>Whether this is the later one.</summary>
    public bool IsAfter(Timespec other) => Seconds > other.Seconds || (Seconds == other.Seconds && Nanoseconds > other.Nanoseconds);

    /// <summary>A time in nanoseconds since the epoch.</summary>
    public static Timespec FromNanoseconds(long nanoseconds)
    {
        (long seconds, long rest) = Math.DivRem(nanoseconds, 1_000_000_000);
        return rest < 0 ? new Timespec(seconds - 1, (uint)(rest + 1_000_000_000)) : new Timespec(seconds, (uint)rest);
    }

    /// <summary>The time of a clock, at the clock's own resolution of 100 ns.</summary>
    public static Timespec Now(TimeProvider clock)
    {
        long ticks = clock.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks;
        (long seconds, long rest) = Math.DivRem(ticks, TimeSpan.TicksPerSecond);
        return new Timespec(seconds, (uint)(rest * TimeSpan.NanosecondsPerTick));
    }
}
