using System.Diagnostics;
using System.Globalization;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>A thousand tasks of a hundred areas are listed and read quickly, and cost nothing when they are gone.</summary>
public sealed class ManyTasksTests : MountedTest
{
    private const int Tasks = 1000;
    private const int Areas = 100;
    private const int First = 5_000_000;

    // Of a machine that others use too; alone it is a second.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    [Fact]
    public void A_thousand_tasks()
    {
        Mount mount = Mount("mem=1g");
        Make(mount, First + Tasks, 1); // what is made for the first task is there
        long before = ResidentKilobytes(mount);
        for (int task = 0; task < Tasks; task++)
            Make(mount, First + task, Areas);

        string[] listed = Timed(() => Command.Run("ls", mount.Proc("")).Succeeded()).Split('\n');
        Assert.Equal(Tasks + 1, listed.Count(static name => name.StartsWith("500", StringComparison.Ordinal)));
        string ps = Timed(() => Command.Run(
            "unshare", "--mount", "--propagation", "private", "sh", "-c", $"mount --rbind {mount.Proc("")} /proc && ps aux").Succeeded());
        Assert.Equal(Tasks + 1, ps.Split('\n').Count(static line => line.EndsWith(" task", StringComparison.Ordinal)));

        // Fifty at once read what is the longest.
        string smaps = File.ReadAllText(mount.Proc($"{First}/smaps"));
        Assert.Equal(Areas, smaps.Split("VmFlags:").Length - 1);
        Timed(() => Parallel.For(0, 50, new ParallelOptions { MaxDegreeOfParallelism = 50 }, reader =>
            Assert.Equal(smaps.Length, File.ReadAllText(mount.Proc($"{First + reader}/smaps")).Length)).IsCompleted.ToString());

        Parallel.For(0, Tasks, task => Directory.Delete(mount.Proc((First + task).ToString(CultureInfo.InvariantCulture))));
        Assert.DoesNotContain("5000005", Command.Run("ls", mount.Proc("")).Succeeded(), StringComparison.Ordinal);
        Wait.Until(() => ResidentKilobytes(mount) < before + (32 << 10), "the daemon gives the memory of the tasks back");
    }

    private static void Make(Mount mount, int pid, int areas)
    {
        string task = mount.Proc(pid.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(task);
        using FileStream syscall = new($"{task}/syscall", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        for (int area = 0; area < areas; area++)
            syscall.Write(System.Text.Encoding.ASCII.GetBytes($"mmap 0x{0x100000 + (area * 8192):x} 4096 rw private anon"));
    }

    private static long ResidentKilobytes(Mount mount)
        => long.Parse(
            File.ReadAllLines($"/proc/{mount.Daemon.Pid}/status").Single(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
            CultureInfo.InvariantCulture);

    private static string Timed(Func<string> work)
    {
        long start = Stopwatch.GetTimestamp();
        string result = work();
        Assert.True(Stopwatch.GetElapsedTime(start) < s_patience, Stopwatch.GetElapsedTime(start).ToString());
        return result;
    }
}
