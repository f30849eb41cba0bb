using System.Runtime.InteropServices;

namespace KernelModel.Tests;

/// <summary>
/// How the cost of something grows with its size, in processor time of the thread, so that a busy machine does not matter.
/// </summary>
internal static partial class Growth
{
    private const int Factor = 8;
    private const int Attempts = 3;
    private const int ThreadCpuTime = 3;

    /// <summary>Eight times as much costs about eight times as much: 64 times would be quadratic.</summary>
    /// <param name="size">The smaller size; big enough to take some milliseconds.</param>
    /// <param name="prepare">Makes what is to be measured, of a size.</param>
    public static void IsLinear(int size, Func<int, Action> prepare) => IsBelow(Factor * 2.5, size, prepare);

    /// <summary>Eight times as much costs about the same.</summary>
    /// <param name="size">The smaller size.</param>
    /// <param name="prepare">Makes what is to be measured, of a size.</param>
    public static void IsConstant(int size, Func<int, Action> prepare) => IsBelow(3, size, prepare);

    private static void IsBelow(double limit, int size, Func<int, Action> prepare)
    {
        Measure(prepare(size));
        double ratio = 0;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            double small = Math.Min(Measure(prepare(size)), Measure(prepare(size)));
            double large = Measure(prepare(size * Factor));
            ratio = large / Math.Max(small, 0.001);
            if (ratio < limit)
                return;
        }

        Assert.Fail($"{Factor} times as much costs {ratio:f1} times as much.");
    }

    /// <summary>Milliseconds of processor time.</summary>
    private static double Measure(Action work)
    {
        GC.Collect();
        long before = Now();
        work();
        return (Now() - before) / 1e6;
    }

    private static long Now()
    {
        Assert.Equal(0, ClockGetTime(ThreadCpuTime, out Timespec now));
        return (now.Seconds * 1_000_000_000) + now.Nanoseconds;
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out Timespec time);

    private struct Timespec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
