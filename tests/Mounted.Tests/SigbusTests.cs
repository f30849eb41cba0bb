using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>R10: what a purged page is while its range is still volatile.</summary>
public sealed class SigbusTests : MountedTest
{
    private const int SIGBUS = 7;
    private const int EIO = 5;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Touching_a_purged_page_ends_a_process_with_SIGBUS(bool store)
    {
        (Agent agent, _, ulong map) = Purged(Modes.Sigbus);

        Assert.Equal($"signal {SIGBUS}", agent.Touch(map + Agent.PageSize, store));
        Assert.Equal("exit 0", agent.Touch(map, store));
    }

    [Fact]
    public void Reading_a_purged_page_is_EIO_and_its_neighbours_read_well()
    {
        (Agent agent, int file, _) = Purged(Modes.Sigbus);

        Assert.Equal("11EEEE11", agent.Scan(file, 0, 4));
        Assert.Equal(-EIO, agent.TryRead(file, Agent.PageSize, 100));

        // A read that starts well ends where the pages are gone.
        Assert.Equal(Agent.PageSize, agent.TryRead(file, 0, 4 * Agent.PageSize));
        Assert.Equal(-EIO, agent.TryRead(file, 2 * Agent.PageSize, 2 * Agent.PageSize));
    }

    [Fact]
    public void Live_pages_between_purged_ones_survive_readahead()
    {
        const int Pages = 512;
        Mount mount = Mount(Modes.Sigbus);
        Agent agent = mount.NewAgent();
        int file = agent.Open(mount["f"]);
        agent.Write(file, 0, Pages, 0x11);
        for (int page = 7; page < Pages; page += 8)
            agent.Mark(file, page, 1);
        Assert.Equal(Pages / 8, mount.Discard("all"));

        string expected = string.Concat(Enumerable.Range(0, Pages).Select(static page => page % 8 == 7 ? "EE" : "11"));
        agent.ForgetCache(file);
        Assert.Equal(expected, agent.Scan(file, 0, Pages));

        agent.ForgetCache(file);
        ulong map = agent.Map(file, 0, Pages);
        Assert.Equal(expected.Replace('E', 'B'), agent.Peek(map, Pages));

        // Big reads too end at the first page that is gone, not before it.
        agent.ForgetCache(file);
        for (int page = 0; page < Pages; page += 8)
            Assert.Equal(7 * Agent.PageSize, agent.TryRead(file, page * Agent.PageSize, 64 * Agent.PageSize));
    }

    [Fact]
    public void A_purged_page_lives_again_once_written()
    {
        (Agent agent, int file, ulong map) = Purged(Modes.Sigbus);

        agent.Write(file, 1, 1, 0x22);

        Assert.Equal("1122BB11", agent.Peek(map, 4));
        Assert.Equal("1122EE11", agent.Scan(file, 0, 4));
        Assert.Equal(new Loss(1, 2 * Agent.PageSize), agent.Unmark(file, 1, 2)); // R7: also if rewritten since
        Assert.Equal("11220011", agent.Peek(map, 4));
    }

    [Fact]
    public void A_written_part_of_a_purged_page_stands_among_zeros()
    {
        (Agent agent, int file, ulong map) = Purged(Modes.Sigbus);

        Assert.Equal(10, agent.TryWrite(file, Agent.PageSize + 100, 10, 0x22));

        Assert.Equal("11??BB11", agent.Peek(map, 4));
        _ = agent.Unmark(file, 1, 2);
        byte[] page = File.ReadAllBytes(FileOf(agent, file))[Agent.PageSize..(2 * Agent.PageSize)];
        Assert.Equal(10, page.Count(static value => value == 0x22));
        Assert.Equal(Agent.PageSize - 10, page.Count(static value => value == 0));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void Taken_back_a_purged_page_is_zeros(string mode)
    {
        (Agent agent, int file, ulong map) = Purged(mode);

        Assert.Equal(new Loss(1, 2 * Agent.PageSize), agent.Unmark(file, 1, 2));

        Assert.Equal("11000011", agent.Peek(map, 4));
        Assert.Equal("11000011", agent.Scan(file, 0, 4));
    }

    [Theory]
    [MemberData(nameof(Modes.Zero), MemberType = typeof(Modes))]
    public void Without_sigbus_a_purged_page_is_zeros_at_once(string mode)
    {
        (Agent agent, int file, ulong map) = Purged(mode);

        Assert.Equal("11000011", agent.Peek(map, 4));
        Assert.Equal("11000011", agent.Scan(file, 0, 4));
        Assert.Equal("exit 0", agent.Touch(map + Agent.PageSize, store: true));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_page_that_a_private_mapping_copied_survives(string mode)
    {
        Mount mount = Mount(mode);
        Agent agent = mount.NewAgent();
        int file = agent.Open(mount["f"]);
        agent.Write(file, 0, 4, 0x11);
        ulong copy = agent.Map(file, 0, 4, shared: false);
        agent.Poke(copy + Agent.PageSize, 1, 0x33);
        agent.Mark(file, 0, 4);

        Assert.Equal(4, mount.Discard("all"));

        string gone = Modes.Gone(mode);
        Assert.Equal($"{gone}33{gone}{gone}", agent.Peek(copy, 4));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void Every_process_that_maps_the_file_sees_the_purge(string mode)
    {
        Mount mount = Mount(mode);
        Agent one = mount.NewAgent(), other = mount.NewAgent();
        int file = one.Open(mount["f"]);
        ulong here = one.Map(file, 0, 2);
        ulong there = other.Map(other.Open(mount["f"]), 0, 2);
        one.Write(file, 0, 2, 0x11);
        one.Poke(here, 1, 0x22);
        Assert.Equal("2211", other.Peek(there, 2));

        one.Mark(file, 0, 1);
        Assert.Equal(1, mount.Discard("all"));

        string gone = Modes.Gone(mode);
        Assert.Equal(gone + "11", one.Peek(here, 2));
        Assert.Equal(gone + "11", other.Peek(there, 2));
    }

    // Four pages, the middle two marked and purged, all mapped.
    private (Agent Agent, int File, ulong Map) Purged(string mode)
    {
        Mount mount = Mount(mode);
        Agent agent = mount.NewAgent();
        int file = agent.Open(mount["f"]);
        agent.Write(file, 0, 4, 0x11);
        ulong map = agent.Map(file, 0, 4);
        agent.Mark(file, 1, 2);
        Assert.Equal(2, mount.Discard("all"));
        return (agent, file, map);
    }

    private static string FileOf(Agent agent, int descriptor)
        => File.ResolveLinkTarget($"/proc/{agent.Pid}/fd/{descriptor}", returnFinalTarget: false)!.FullName;
}
