using System.Diagnostics;

namespace Mounted.Tests.Running;

/// <summary>For what comes a moment after the call that causes it.</summary>
internal static class Wait
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    public static void Until(Func<bool> condition, string what)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < s_patience, $"waited in vain: {what}");
            Thread.Sleep(10);
        }
    }
}
