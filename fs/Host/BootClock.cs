namespace Fs.Host;

/// <summary>The clock in which /proc tells when a process began: ticks since boot, with the time that the machine slept.</summary>
internal static class BootClock
{
    private const int CLOCK_BOOTTIME = 7;

    // USER_HZ.
    private const int TicksPerSecond = 100;

    /// <summary>Ticks of 1/100 s.</summary>
    public static unsafe long Ticks()
    {
        long* time = stackalloc long[2]; // struct timespec
        return Libc.clock_gettime(CLOCK_BOOTTIME, time) == 0
            ? (time[0] * TicksPerSecond) + (time[1] / (1_000_000_000 / TicksPerSecond))
            : 0;
    }
}
