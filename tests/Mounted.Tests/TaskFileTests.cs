using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>proc/PID of the processes that use the mount (R30-R34, R40-R42).</summary>
public sealed class TaskFileTests : MountedTest
{
    private const int Page = Agent.PageSize;
    private const int EINVAL = 22, ESRCH = 3;

    // For longer than this no list of processes is kept.
    private static readonly TimeSpan s_moment = TimeSpan.FromMilliseconds(150);


    [Theory]
    [MemberData(nameof(Modes.Zero), MemberType = typeof(Modes))]
    public void Ranges_are_listed_at_the_addresses_of_the_mappings_that_show_them(string mode)
    {
        (Mount mount, Agent agent, int file) = New(mode);
        agent.Mark(file, 0, 15);
        agent.Mark(file, 20, 5);
        agent.Mark(file, 28, 10);
        ulong low = agent.Map(file, 10, 20, shared: false);
        agent.Write(file, 20, 1, 0x11);
        Assert.Equal(1, mount.Discard("20")); // all three; only that page was data

        Assert.Equal(
            $"{Line(low, 0, 5, 'p')} /f\n{Line(low, 10, 5, 'p')} /f\n{Line(low, 18, 2, 'p')} /f\n", File.ReadAllText(mount.Proc($"{agent.Pid}/vrange")));

        Assert.Equal(1, agent.Unmark(file, 0, 22).Result);
        agent.Mark(file, 12, 2);
        File.Move(mount["f"], mount["with blank"]);
        Assert.Equal(
            $"{Line(low, 2, 2, 'v')} /with blank\n{Line(low, 12, 3, 'p')} /with blank\n{Line(low, 18, 2, 'p')} /with blank\n",
            File.ReadAllText(mount.Proc($"{agent.Pid}/vrange")));

        File.Delete(mount["with blank"]);
        Assert.EndsWith("(deleted)\n", File.ReadAllText(mount.Proc($"{agent.Pid}/vrange")), StringComparison.Ordinal);
        agent.Unmap(low, 20);
        Assert.Equal("", File.ReadAllText(mount.Proc($"{agent.Pid}/vrange")));
    }

    [Fact]
    public void Two_mappings_of_a_file_list_it_twice()
    {
        (Mount mount, Agent agent, int file) = New(Modes.Cached);
        agent.Mark(file, 3, 1);
        ulong[] maps = [agent.Map(file, 0, 4), agent.Map(file, 3, 4)];
        (ulong low, ulong high, int lowPage, int highPage) = maps[0] < maps[1] ? (maps[0], maps[1], 3, 0) : (maps[1], maps[0], 0, 3);

        Assert.Equal($"{Line(low, lowPage, 1, 'v')} /f\n{Line(high, highPage, 1, 'v')} /f\n", File.ReadAllText(mount.Proc($"{agent.Pid}/vrange")));
    }

    [Theory]
    [MemberData(nameof(Modes.Zero), MemberType = typeof(Modes))]
    public void A_process_is_listed_while_it_uses_the_mount(string mode)
    {
        (Mount mount, Agent agent, int file) = New(mode);
        Agent other = mount.NewAgent();
        Assert.Equal([$"{agent.Pid}"], Pids(mount));

        ulong map = agent.Map(file, 0, 1);
        agent.Close(file);
        Thread.Sleep(s_moment);
        Assert.Equal([$"{agent.Pid}"], Pids(mount));
        agent.Unmap(map, 1);
        Wait.Until(() => !Pids(mount).Any(), "it does not use the mount any more");

        // Any other can be named while it lives.
        Assert.True(Directory.Exists(mount.Proc($"{other.Pid}")));
        Assert.Equal("", File.ReadAllText(mount.Proc($"{other.Pid}/vrange")));
        other.Process.Kill();
        other.Process.WaitForExit();
        Assert.False(Directory.Exists(mount.Proc($"{other.Pid}")));

        // To itself always, and as self.
        Assert.Equal($"{Environment.ProcessId}", new FileInfo(mount.Proc("self")).LinkTarget);
        Assert.Equal("", File.ReadAllText(mount.Proc("self/vrange")));
    }

    [Fact]
    public void Reclaiming_files_drops_the_page_cache_and_no_data()
    {
        (Mount mount, Agent agent, int file) = New(Modes.Cached);
        ulong map = agent.Map(file, 0, 8);
        agent.Write(file, 0, 8, 0x11);
        agent.Poke(map, 4, 0x22);
        Assert.Equal("11111111", agent.Mincore(map, 8));

        Assert.Equal(0, agent.Tell(mount.Proc($"{agent.Pid}/reclaim"), "file"));

        Assert.Equal("00000000", agent.Mincore(map, 8));
        Assert.Equal("2222222211111111", agent.Peek(map, 8));
    }

    [Theory]
    [InlineData("anon", "11111111")]
    [InlineData("all", "00000000")]
    [InlineData(" file ", "00000000")]
    [InlineData("{0} 0", "11111111")]
    [InlineData("{0} 4096", "11011111")]
    [InlineData("{0} 4097", "11001111")]
    [InlineData("{0} 1M", "11000000")]
    [InlineData("0x1000 4096", "11111111")]
    public void A_command_takes_what_it_names(string command, string left)
    {
        (Mount mount, Agent agent, int file) = New(Modes.Cached);
        agent.Write(file, 0, 8, 0x11);
        ulong map = agent.Map(file, 0, 8);
        Assert.Equal("1111111111111111", agent.Peek(map, 8));

        // From the third page on.
        Assert.Equal(0, agent.Tell(mount.Proc($"{agent.Pid}/reclaim"), command.Replace("{0}", $"{map + (2 * Page)}", StringComparison.Ordinal)));

        Assert.Equal(left, agent.Mincore(map, 8));
        Assert.Equal("1111111111111111", agent.Peek(map, 8));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void Reclaim_purges_the_volatile_pages_it_meets(string mode)
    {
        (Mount mount, Agent agent, int file) = New(mode);
        agent.Write(file, 0, 8, 0x11);
        ulong map = agent.Map(file, 0, 4);
        agent.Mark(file, 2, 4);

        Assert.Equal(0, agent.Tell(mount.Proc($"{agent.Pid}/reclaim"), "file"));

        // Of the range only what the process maps; what was not volatile stays.
        Assert.Equal("1111" + (mode == Modes.Sigbus ? "EEEE" : "0000") + "11111111", agent.Scan(file, 0, 8));
        Assert.Equal("1111" + Modes.Gone(mode) + Modes.Gone(mode), agent.Peek(map, 4));
        Assert.Equal(new Loss(1, 2 * Page), agent.Unmark(file, 0, 8));
    }

    [Fact]
    public void Parse_errors_come_before_a_task_that_is_gone()
    {
        (Mount mount, Agent agent, int file) = New(Modes.Cached);
        Agent other = mount.NewAgent();
        _ = other.Map(other.Open(mount["f"]), 0, 1);
        int reclaim = agent.Open(mount.Proc($"{other.Pid}/reclaim"), Agent.O_WRONLY);
        int list = agent.Open(mount.Proc($"{other.Pid}/vrange"), Agent.O_RDONLY);
        other.Process.Kill();
        other.Process.WaitForExit();

        Assert.Equal(-EINVAL, agent.Put(reclaim, "files"));
        Assert.Equal(-ESRCH, agent.Put(reclaim, "file"));
        Assert.Equal(-ESRCH, agent.TryRead(list, 0, 100));
        Assert.False(Directory.Exists(mount.Proc($"{other.Pid}")));
        agent.Close(file);
    }

    private static IEnumerable<string> Pids(Mount mount)
        => Directory.EnumerateDirectories(mount.Proc("")).Select(static path => Path.GetFileName(path))
            .Where(static name => char.IsDigit(name[0]) && name != $"{Environment.ProcessId}");

    // Start, last byte, state.
    private static string Line(ulong map, int page, int pages, char state)
        => $"{map + ((ulong)page * Page):x8}-{map + ((ulong)(page + pages) * Page) - 1:x8} {state}";

    private (Mount Mount, Agent Agent, int File) New(string mode)
    {
        (Mount mount, Agent agent, int file) = MountWithFile(mode);
        agent.Truncate(file, 40);
        return (mount, agent, file);
    }
}
