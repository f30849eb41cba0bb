using System.Diagnostics;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>R16, R17: what happens when <c>size=</c> is used up.</summary>
public sealed class SpaceTests : MountedTest
{
    private const int Page = Agent.PageSize;
    private const int ENOSPC = 28;

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void Volatile_pages_go_before_anybody_sees_ENOSPC(string mode)
    {
        (Mount mount, Agent agent) = New(mode);
        int cache = agent.Open(mount["cache"]);
        int older = agent.Open(mount["older"]);
        agent.Write(older, 0, 64, 0x33);
        agent.Write(cache, 0, 128, 0x11);
        agent.Mark(older, 0, 64);
        agent.Mark(cache, 0, 128);

        int filler = agent.Open(mount["filler"]);
        agent.Write(filler, 0, 100, 0x22);

        // The oldest alone was enough. Where the kernel stores, a poller brings the mount under its size (R17).
        Wait.Until(() => mount.Ranges().Contains(" p 0 /older", StringComparison.Ordinal), "purged");
        Assert.Equal(new Loss(0, 0), agent.Unmark(cache, 0, 128));
        Assert.Equal(new Loss(1, 64 * Page), agent.Unmark(older, 0, 64));
        Assert.Equal(string.Concat(Enumerable.Repeat("11", 128)), agent.Scan(cache, 0, 128));
        Assert.Equal(string.Concat(Enumerable.Repeat("22", 100)), agent.Scan(filler, 0, 100));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void With_nothing_volatile_a_write_is_short_and_the_next_is_ENOSPC(string mode)
    {
        (Mount mount, Agent agent) = New(mode);
        int file = agent.Open(mount["f"]);
        agent.Write(file, 0, 250, 0x11);

        Assert.Equal(6 * Page, agent.TryWrite(file, 250 * Page, 100 * Page, 0x22));
        Assert.Equal(-ENOSPC, agent.TryWrite(file, 256 * Page, 1, 0x22));
        Assert.Equal(Page, agent.TryWrite(file, 10 * Page, Page, 0x33)); // what is there can be written over
        Assert.Equal(-ENOSPC, agent.Allocate(file, 0, 300, 10));
        Assert.Equal("1122--", agent.Scan(file, 249, 1) + agent.Scan(file, 255, 2));
    }

    [Fact]
    public void Many_marks_near_the_limit_take_no_processor_time()
    {
        const int Marks = 15000;
        Mount mount = Mount($"{Modes.Passthrough},size=256m", deadlineSeconds: 240);
        Agent agent = mount.NewAgent("nobody");
        int file = agent.Open(mount["f"]);
        agent.Write(file, 0, Marks + 1, 0x11);
        for (int page = 0; page < Marks; page++)
            agent.Mark(file, page, 1);

        // Neither while nothing changes nor while the kernel stores to the file and tells nobody.
        Assert.InRange(ShareOfProcessor(mount.Daemon, () => Thread.Sleep(100)), 0, 0.2);
        Assert.InRange(ShareOfProcessor(mount.Daemon, () => agent.Write(file, Marks, 1, 0x22)), 0, 0.3);
    }

    // As a share of one processor over two seconds, the least of three: what came before is compiled and collected meanwhile.
    private static double ShareOfProcessor(Daemon daemon, Action meanwhile)
        => Enumerable.Range(0, 3).Min(_ => ShareOfProcessor(daemon, meanwhile, TimeSpan.FromSeconds(2)));

    private static double ShareOfProcessor(Daemon daemon, Action meanwhile, TimeSpan span)
    {
        using Process process = Process.GetProcessById(daemon.Pid);
        TimeSpan before = process.TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < span)
            meanwhile();
        process.Refresh();
        return (process.TotalProcessorTime - before) / Stopwatch.GetElapsedTime(start);
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_removed_file_gives_its_space_to_the_next(string mode)
    {
        (Mount mount, Agent agent) = New(mode);
        for (int turn = 0; turn < 200; turn++)
        {
            int file = agent.Open(mount["f"]);
            agent.Write(file, 0, 256, 0x11);
            agent.Close(file);
            File.Delete(mount["f"]);
        }
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void Allocation_purges_too(string mode)
    {
        (Mount mount, Agent agent) = New(mode);
        int cache = agent.Open(mount["cache"]);
        agent.Write(cache, 0, 200, 0x11);
        agent.Mark(cache, 0, 200);

        Assert.Equal(0, agent.Allocate(agent.Open(mount["f"]), 0, 0, 100));

        Wait.Until(() => mount.Ranges().Contains(" p 0 /cache", StringComparison.Ordinal), "purged");
        Assert.Equal(new Loss(1, 200 * Page), agent.Unmark(cache, 0, 200));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void What_is_taken_back_makes_no_room(string mode)
    {
        (Mount mount, Agent agent) = New(mode);
        int cache = agent.Open(mount["cache"]);
        int filler = agent.Open(mount["filler"]);
        agent.Write(cache, 0, 200, 0x11);
        agent.Mark(cache, 0, 200);
        Assert.Equal(0, agent.Unmark(cache, 0, 200).Result);
        Thread.Sleep(150); // with passthrough a poller has to see it

        Assert.Equal(56 * Page, agent.TryWrite(filler, 0, 100 * Page, 0x22));
        Assert.Equal(-ENOSPC, agent.TryWrite(filler, 56 * Page, Page, 0x22));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void Statfs_shows_the_size_and_purges_show_in_it(string mode)
    {
        (Mount mount, Agent agent) = New(mode);
        Assert.Equal("4096 256 256", Statfs(mount));
        int file = agent.Open(mount["f"]);
        agent.Write(file, 0, 100, 0x11);
        Assert.Equal("4096 256 156", Statfs(mount));
        agent.Mark(file, 0, 40);
        Assert.Equal(40, mount.Discard("all"));
        Assert.Equal("4096 256 196", Statfs(mount));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_removed_file_gives_back_what_lay_past_its_end(string mode)
    {
        (Mount mount, Agent agent) = New(mode);
        int file = agent.Open(mount["f"]);
        Assert.Equal(0, agent.Allocate(file, Agent.FALLOC_FL_KEEP_SIZE, 0, 100));
        agent.Close(file);
        File.Delete(mount["f"]);

        Wait.Until(() => Statfs(mount) == "4096 256 256", "all is free");
        for (int i = 0; i < 4; i++)
            Assert.Equal(0, agent.Stat(agent.Open(mount[$"new{i}"])).Blocks);
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void What_cannot_be_allocated_purges_nothing_and_what_can_purges_what_is_short(string mode)
    {
        (Mount mount, Agent agent) = New(mode);
        int cache = agent.Open(mount["cache"]);
        agent.Write(cache, 0, 160, 0x11);
        for (int page = 0; page < 160; page += 16)
            agent.Mark(cache, page, 16);
        int file = agent.Open(mount["f"]);

        Assert.Equal(-ENOSPC, agent.Allocate(file, 0, 0, 1L << 28));
        Assert.Equal(-ENOSPC, agent.Allocate(file, 0, 0, 257));
        Assert.Equal("4096 256 96", Statfs(mount));
        Assert.DoesNotContain(" p ", mount.Ranges(), StringComparison.Ordinal);

        Assert.Equal(0, agent.Allocate(file, 0, 0, 100)); // 96 are free

        Wait.Until(() => Statfs(mount) == "4096 256 12", "a range of 16 is purged");
        Assert.Equal(new Loss(1, 16 * Page), agent.Unmark(cache, 0, 160));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void Stores_through_a_mapping_stay_under_the_size_and_what_is_refused_is_told(string mode)
    {
        (Mount mount, Agent agent) = New(mode);
        int cache = agent.Open(mount["cache"]);
        agent.Write(cache, 0, 64, 0x11);
        agent.Mark(cache, 0, 64);
        int file = agent.Open(mount["f"]);
        agent.Truncate(file, 1000);
        ulong map = agent.Map(file, 0, 1000);

        if (Modes.PassesThrough(mode))
        {
            // The fault itself finds no page, as on tmpfs.
            Assert.Equal("SIGBUS", agent.TryPoke(map, 1000, 0x22));
        }
        else
        {
            int other = agent.Open(mount["f"]);
            int third = agent.Open(mount["f"]);
            agent.Poke(map, 1000, 0x22);
            Assert.Equal($"{-ENOSPC}", agent.Say($"msync {map:x} {1000 * Page}"));
            Assert.Equal($"{-ENOSPC}", agent.Say($"fsync {other}")); // each descriptor is told
            agent.Poke(map, 1000, 0x22);
            Assert.Equal($"{-ENOSPC}", agent.Say($"close {third}"));
            Assert.Contains("stores through a mapping of /f were lost", mount.Daemon.Log, StringComparison.Ordinal);
            Loss refused = agent.Unmark(file, 0, 1000);
            Assert.Equal(1, refused.Result);
            Assert.InRange(refused.Bytes, (1000 - 256) * Page, 1000 * Page);
        }

        Wait.Until(() => agent.Stat(file).Blocks + agent.Stat(cache).Blocks <= 256 * 8, "under size=");
        Assert.Equal(1, agent.Unmark(cache, 0, 64).Result);
    }

    private static string Statfs(Mount mount) => Command.Run("stat", "-f", "-c", "%S %b %f", mount.Root).Succeeded().Trim();

    private (Mount Mount, Agent Agent) New(string mode)
    {
        Mount mount = Mount($"size=1m,{mode}");
        return (mount, mount.NewAgent("nobody")); // root has no more room than others
    }
}
