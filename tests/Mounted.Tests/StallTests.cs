using System.Diagnostics;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>What takes one caller long takes nobody else's time.</summary>
public sealed class StallTests : MountedTest
{
    private const long Gigabyte = 1 << 30;

    // What may go by until a thread has one of two CPUs again.
    private static readonly TimeSpan s_slice = TimeSpan.FromMilliseconds(50);

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public async Task Gigabytes_that_one_allocates_and_frees_keep_nobody_waiting(string mode)
    {
        Mount mount = Mount($"{mode},size=3g", deadlineSeconds: 120);
        Agent[] allocators = [mount.NewAgent("nobody"), mount.NewAgent("nobody")]; // as many as serve requests
        int[] files = [.. allocators.Select((agent, i) => agent.Open(mount[$"big{i}"]))];
        Agent other = mount.NewAgent();
        int small = other.Open(mount["small"]);
        for (int i = 0; i < 10; i++)
            Look(); // with all that is compiled and cached

        int read = other.Open(mount["big0"], Agent.O_RDONLY);
        await Watch((agent, file) => agent.Allocate(file, 0, 0, Gigabyte / Agent.PageSize));
        Assert.Equal(Gigabyte, other.Stat(read).Size);
        await Watch((agent, file) => agent.Allocate(file, Agent.FALLOC_FL_PUNCH_HOLE | Agent.FALLOC_FL_KEEP_SIZE, 0, Gigabyte / Agent.PageSize));
        Assert.Equal(0, other.Stat(read).Blocks);
        await Watch((agent, file) => agent.Allocate(file, 0, 0, Gigabyte / Agent.PageSize));
        await Watch((agent, file) => agent.TryTruncate(file, 0));
        Assert.Equal((0, 0), (other.Stat(read).Size, other.Stat(read).Blocks));

        async Task Watch(Func<Agent, int, int> call)
        {
            long start = Stopwatch.GetTimestamp();
            Task<int>[] all = [.. allocators.Select((agent, i) => Task.Run(() => call(agent, files[i])))];
            List<TimeSpan> looks = [];
            while (!all.All(task => task.IsCompleted))
                looks.Add(Look());
            TimeSpan took = Stopwatch.GetElapsedTime(start);
            Assert.All(await Task.WhenAll(all), result => Assert.Equal(0, result));
            Assert.True(
                looks.Count > 5 && (looks.Max() < took / 2 || looks.Max() < s_slice), $"{looks.Count} looks, the slowest {looks.Max()}, while {took} passed");
        }

        TimeSpan Look()
        {
            long look = Stopwatch.GetTimestamp();
            Assert.Equal(4, new DirectoryInfo(mount.Root).GetFileSystemInfos().Count(info => info.Attributes != 0));
            other.Close(other.Open(mount["big0"], Agent.O_RDONLY));
            other.Write(small, 0, 1, 0x11);
            return Stopwatch.GetElapsedTime(look);
        }
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_removed_file_that_a_descriptor_keeps_is_not_waited_for_again_and_again(string mode)
    {
        const int Opens = 1000;
        Mount mount = Mount($"{mode},size=8m");
        Agent keeper = mount.NewAgent("nobody");
        int big = keeper.Open(mount["big"]);
        keeper.Write(big, 0, 1200, 0x11);
        int path = keeper.Open(mount["big"], Agent.O_PATH);
        keeper.Close(big);
        Command.ShellAs("nobody", $"rm {mount["big"]}").Succeeded();
        Thread.Sleep(300);

        Agent other = mount.NewAgent();
        other.Close(other.Open(mount["f"]));
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < Opens; i++)
            other.Close(other.Open(mount["f"], Agent.O_RDWR));
        TimeSpan took = Stopwatch.GetElapsedTime(start);
        Assert.True(took < TimeSpan.FromMilliseconds(4 * Opens), $"{took}");
        Assert.Equal(0, keeper.Stat(path).Size % Agent.PageSize);
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public async Task Who_finds_the_mount_full_keeps_nobody_waiting(string mode)
    {
        Mount mount = Mount($"{mode},size=1m");
        Agent[] writers = [mount.NewAgent("nobody"), mount.NewAgent("nobody"), mount.NewAgent("nobody"), mount.NewAgent("nobody")];
        int[] files = [.. writers.Select((agent, i) => agent.Open(mount[$"full{i}"]))];
        Assert.Equal(256 * Agent.PageSize, writers[0].TryWrite(files[0], 0, 300 * Agent.PageSize, 0x11));
        Agent other = mount.NewAgent();

        using CancellationTokenSource end = new();
        Task[] all =
        [
            .. writers.Select((agent, i) => Task.Run(() =>
            {
                while (!end.IsCancellationRequested)
                    Assert.Equal(-28, agent.TryWrite(files[i], (300 + i) * Agent.PageSize, 1, 0x22));
            })),
        ];
        for (int i = 0; i < 200; i++)
            Assert.Equal(-2, other.TryOpen(mount[$"no{i}"], Agent.O_RDONLY));
        await end.CancelAsync();
        await Task.WhenAll(all);
        Assert.Equal(Agent.PageSize, other.TryWrite(other.Open(mount["full0"], Agent.O_RDWR), 0, Agent.PageSize, 0x33));
    }
}
