using System.Globalization;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>A worker that waits awake for the next request, and only as long as it makes sense.</summary>
public sealed class BusyPollTests : MountedTest
{
    private const int Requests = 2000;
    private int _names;

    [Theory]
    [InlineData("busy_poll=1000", true)]
    [InlineData("busy_poll=0", false)]
    public void The_device_is_asked_again_only_where_polling_is_on(string option, bool polls)
    {
        Mount mount = Mount(option);
        Look(mount);
        long before = mount.Daemon.Reads;

        Look(mount);
        Thread.Sleep(20); // after the last one the worker goes on for a while

        // Every request is one read; each further one found nothing.
        long vain = mount.Daemon.Reads - before - Requests;
        if (polls && Environment.ProcessorCount > 1)
            Assert.True(vain > Requests / 100, $"{vain} reads in vain");
        else
            Assert.True(vain < Requests / 100, $"{vain} reads in vain");
    }

    [Fact]
    public void Who_waits_for_nothing_sleeps()
    {
        Mount mount = Mount("busy_poll=1000");
        Look(mount);
        Thread.Sleep(100);
        long before = CpuTicks(mount);

        Thread.Sleep(1000);

        long ticks = CpuTicks(mount) - before; // of 10 ms
        Assert.True(ticks < 30, $"{ticks} ticks");
    }

    // Each name is new, so each look is one LOOKUP.
    private void Look(Mount mount)
    {
        for (int i = 0; i < Requests; i++)
            Assert.False(File.Exists(mount[$"none{_names++}"]));
    }

    // man 5 proc_pid_stat: utime and stime are the 14th and 15th field; the 2nd may hold spaces.
    private static long CpuTicks(Mount mount)
    {
        string stat = File.ReadAllText($"/proc/{mount.Daemon.Pid}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
    }
}
