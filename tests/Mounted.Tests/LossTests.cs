using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>R1, R6, R7, R11: what an unmark reports, and how long a loss is remembered.</summary>
public sealed class LossTests : MountedTest
{
    private const int Page = Agent.PageSize;

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void The_bytes_are_those_of_pages_that_had_data(string mode)
    {
        (Mount mount, Agent agent, int file) = MountWithFile(mode);
        agent.Write(file, 0, 2, 0x11);
        agent.Write(file, 5, 1, 0x11);
        agent.Mark(file, 0, 100);
        Assert.Equal(3, mount.Discard("all"));

        Assert.Equal(new Loss(1, 2 * Page), agent.Unmark(file, 0, 5));
        Assert.Equal(new Loss(1, Page), agent.Unmark(file, 5, 1));
        // The flag is the range's and inherited; no data was lost here.
        Assert.Equal(new Loss(1, 0), agent.Unmark(file, 6, 94));
        Assert.Equal(new Loss(0, 0), agent.Unmark(file, 0, 100));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void Dirty_pages_of_a_mapping_count_and_are_lost(string mode)
    {
        (Mount mount, Agent agent, int file) = MountWithFile(mode);
        agent.Truncate(file, 4);
        ulong map = agent.Map(file, 0, 4);
        agent.Poke(map, 3, 0x11);
        agent.Mark(file, 0, 4);

        Assert.Equal(3, mount.Discard("all"));

        string gone = Modes.Gone(mode);
        Assert.Equal($"{gone}{gone}{gone}00", agent.Peek(map, 4));
        Assert.Equal(new Loss(1, 3 * Page), agent.Unmark(file, 0, 4));
    }

    [Theory]
    [MemberData(nameof(Modes.Zero), MemberType = typeof(Modes))]
    public void Dirty_pages_that_are_purged_again_are_freed_again(string mode)
    {
        (Mount mount, Agent agent, int file) = MountWithFile(mode);
        agent.Truncate(file, 4);
        ulong map = agent.Map(file, 0, 4);
        agent.Mark(file, 0, 4);

        for (int purge = 0; purge < 3; purge++)
        {
            agent.Poke(map, 3, 0x11);
            Assert.Equal(3, mount.Discard("all"));
        }

        Assert.Equal(new Loss(1, 3 * Page), agent.Unmark(file, 0, 4));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void An_empty_range_that_was_a_victim_is_purged_all_the_same(string mode)
    {
        (Mount mount, Agent agent, int file) = MountWithFile(mode);
        agent.Mark(file, 0, 4);

        Assert.Equal(0, mount.Discard("all"));

        Assert.Equal(new Loss(1, 0), agent.Unmark(file, 0, 4)); // R6
    }

    [Theory]
    [InlineData("write", Modes.Passthrough)]
    [InlineData("write", Modes.Sigbus)]
    [InlineData("truncate", Modes.Passthrough)]
    [InlineData("truncate", Modes.Sigbus)]
    [InlineData("punch", Modes.Passthrough)]
    [InlineData("punch", Modes.Sigbus)]
    [InlineData("mark", Modes.Cached)]
    [InlineData("rename and unlink", Modes.Cached)]
    public void Nothing_but_an_unmark_clears_a_loss(string what, string mode)
    {
        (Mount mount, Agent agent, int file) = MountWithFile(mode);
        agent.Write(file, 0, 4, 0x11);
        agent.Mark(file, 0, 4);
        Assert.Equal(4, mount.Discard("all"));

        switch (what)
        {
            case "write":
                agent.Write(file, 0, 4, 0x22);
                break;
            case "truncate":
                agent.Truncate(file, 1);
                agent.Truncate(file, 4);
                break;
            case "punch":
                Assert.Equal(0, agent.Allocate(file, Agent.FALLOC_FL_PUNCH_HOLE | Agent.FALLOC_FL_KEEP_SIZE, 0, 4));
                break;
            case "mark":
                agent.Mark(file, 0, 8);
                break;
            default:
                File.Move(mount["f"], mount["g"]);
                File.Delete(mount["g"]);
                break;
        }

        Assert.Equal(new Loss(1, 4 * Page), agent.Unmark(file, 0, 4));
        Assert.Equal(0, agent.Unmark(file, 0, 4).Result);
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_loss_outlives_the_last_close(string mode)
    {
        (Mount mount, Agent agent, int file) = MountWithFile(mode);
        agent.Write(file, 0, 4, 0x11);
        agent.Mark(file, 1, 2);
        Assert.Equal(2, mount.Discard("all"));
        CloseByAll(mount, agent, file);
        Assert.Matches(@"^\d+ 00001000-00002fff p 0 /f\n$", mount.Ranges());

        Assert.Equal("11000011", Convert.ToHexString(File.ReadAllBytes(mount["f"]).Chunk(Page).Select(static page => page[0]).ToArray()));
        file = agent.Open(mount["f"]);
        agent.Write(file, 1, 1, 0x22);
        Assert.Equal(0, mount.Discard("all")); // volatile no more
        Assert.Equal(new Loss(1, 2 * Page), agent.Unmark(file, 0, 4));
        Assert.Equal("", mount.Ranges());
        Assert.Equal(new Loss(0, 0), agent.Unmark(file, 0, 4));
        Assert.Equal("11220011", agent.Scan(file, 0, 4));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_mark_that_was_not_purged_dies_with_the_last_close(string mode)
    {
        (Mount mount, Agent agent, int file) = MountWithFile(mode);
        agent.Write(file, 0, 4, 0x11);
        agent.Mark(file, 0, 4);
        CloseByAll(mount, agent, file);

        Assert.Equal("", mount.Ranges());
        Assert.Equal(0, mount.Discard("all"));
        file = agent.Open(mount["f"]);
        Assert.Equal(new Loss(0, 0), agent.Unmark(file, 0, 4));
        Assert.Equal("11111111", agent.Scan(file, 0, 4));
    }

    [Theory]
    [InlineData(Modes.Passthrough, true)]
    [InlineData(Modes.Passthrough, false)]
    [InlineData(Modes.Cached, true)]
    [InlineData(Modes.Cached, false)]
    public void Another_opener_or_a_mapping_keeps_the_marks(string mode, bool mapped)
    {
        (Mount mount, Agent agent, int file) = MountWithFile(mode);
        Agent other = mount.NewAgent();
        int theirs = other.Open(mount["f"], Agent.O_RDWR);
        agent.Write(file, 0, 4, 0x11);
        if (mapped)
        {
            _ = other.Map(theirs, 0, 1);
            other.Close(theirs);
        }

        agent.Mark(file, 0, 4);
        agent.Close(file);
        Thread.Sleep(100); // a RELEASE that would end them is on its way by then

        Assert.Matches(@"^\d+ 00000000-00003fff v 4 /f\n$", mount.Ranges());
        Assert.Equal(4, mount.Discard("all"));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_truncate_to_0_ends_the_losses_of_ranges_that_are_gone(string mode)
    {
        (Mount mount, Agent agent, int file) = MountWithFile(mode);
        agent.Write(file, 0, 8, 0x11);
        agent.Mark(file, 0, 2);
        Assert.Equal(2, mount.Discard("all"));
        CloseByAll(mount, agent, file);
        file = agent.Open(mount["f"]);
        agent.Mark(file, 4, 2);

        agent.Truncate(file, 0);

        Assert.Matches(@"^\d+ 00004000-00005fff v 0 /f\n$", mount.Ranges());
        Assert.Contains("Purged:                0 kB", File.ReadAllText(mount.Proc("meminfo")), StringComparison.Ordinal);
        Assert.Equal(new Loss(0, 0), agent.Unmark(file, 0, 8));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_removed_file_takes_its_losses_along(string mode)
    {
        (Mount mount, Agent agent, int file) = MountWithFile(mode);
        agent.Write(file, 0, 2, 0x11);
        agent.Mark(file, 0, 2);
        Assert.Equal(2, mount.Discard("all"));
        Assert.Contains("Purged:                8 kB", File.ReadAllText(mount.Proc("meminfo")), StringComparison.Ordinal);
        CloseByAll(mount, agent, file);

        File.Delete(mount["f"]);

        Wait.Until(() => mount.Ranges().Length == 0, "the tombstone is gone");
        Assert.Contains("Purged:                0 kB", File.ReadAllText(mount.Proc("meminfo")), StringComparison.Ordinal);
    }

    // RELEASE comes after close has returned.
    private static void CloseByAll(Mount mount, Agent agent, int file)
    {
        agent.Close(file);
        Wait.Until(() => !mount.Ranges().Contains(" v ", StringComparison.Ordinal) && agent.Ask(mount.Proc("fvrange"), "/f 0 4096 volatile") == "-9",
            "nobody has the file open");
    }
}
