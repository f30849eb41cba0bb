using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>R15: what each interface can say, and that one which cannot hand a loss back clears none.</summary>
public sealed class InterfaceTests : MountedTest
{
    private const int Page = Agent.PageSize;

    [Theory]
    [InlineData("write-only open")]
    [InlineData("setxattr")]
    [InlineData("removexattr")]
    public void What_cannot_tell_of_a_loss_leaves_it_to_be_told(string way)
    {
        (Mount mount, Agent agent, int file) = Purged();

        if (way == "write-only open")
            Assert.Equal(0, agent.Tell(mount.Proc("fvrange"), "/f 0 16384 nonvolatile"));
        else if (way == "setxattr")
            Assert.Equal(0, agent.SetVrange(mount["f"], "0 16384 nonvolatile"));
        else
            Command.Run(Prerequisites.Program("setfattr", "attr"), "-x", "user.vrange", mount["f"]).Succeeded();

        // Volatile no more, but not forgotten.
        agent.Write(file, 0, 4, 0x22);
        Assert.Equal(0, mount.Discard("all"));
        Assert.Equal("22222222", agent.Scan(file, 0, 4));
        Assert.Equal("0 8192 p;", agent.GetVrange(mount["f"]));
        Assert.Equal(new Loss(1, Page), agent.Unmark(file, 0, 1));
        Assert.Equal("1 4096", agent.Ask(mount.Proc("fvrange"), "/f 0 16384 nonvolatile"));
        Assert.Equal("0 0", agent.Ask(mount.Proc("fvrange"), "/f 0 16384 nonvolatile"));
    }

    [Fact]
    public void The_reply_of_fvrange_is_read_once_from_the_same_open_file()
    {
        (Mount mount, Agent agent, _) = Purged();
        int line = agent.Open(mount.Proc("fvrange"), Agent.O_RDWR);
        Assert.Equal(0, agent.TryRead(line, 0, 100)); // nothing was asked yet
        Assert.Equal(0, agent.Put(line, "/f 0 8192 nonvolatile^J"));

        Assert.Equal("1 8192\n".Length, agent.TryRead(line, 12345, 100)); // whatever the position
        Assert.Equal(0, agent.TryRead(line, 0, 100));
        Assert.Equal(0, agent.TryRead(agent.Open(mount.Proc("fvrange"), Agent.O_RDWR), 0, 100));

        Assert.Equal(0, agent.Put(line, "/f 0 8192 volatile"));
        Assert.Equal(-22, agent.Put(line, "/f 0 8192 maybe"));
        Assert.Equal(0, agent.TryRead(line, 0, 100)); // an error has no reply
    }

    [Fact]
    public void The_xattr_lists_ranges_and_is_not_listed_itself()
    {
        (Mount mount, Agent agent, int file) = Purged();
        agent.Mark(file, 8, 2);
        Command.Run("setfattr", "-n", "user.note", "-v", "x", mount["f"]).Succeeded();

        Assert.Equal("0 8192 p;32768 8192 v;", agent.GetVrange(mount["f"]));
        string listed = Command.Run("getfattr", "--absolute-names", mount["f"]).Succeeded();
        Assert.Contains("user.note", listed, StringComparison.Ordinal);
        Assert.DoesNotContain("user.vrange", listed, StringComparison.Ordinal);

        Command.Run("cp", "-a", mount["f"], mount["copy"]).Succeeded();
        Assert.Equal("-61", agent.GetVrange(mount["copy"])); // ENODATA
        Assert.DoesNotContain("/copy", mount.Ranges(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(@"/a\040b 0 4096 volatile")]
    [InlineData("/a b 0 4096 volatile")]
    [InlineData("a b  0x0   4K\tvolatile ")]
    public void A_path_may_hold_blanks(string line)
    {
        Mount mount = Mount();
        Agent agent = mount.NewAgent();
        using FileStream holder = File.Open(mount["a b"], FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);

        Assert.Equal(0, agent.Tell(mount.Proc("fvrange"), line));

        Assert.EndsWith("00000000-00000fff v 0 /a b\n", mount.Ranges(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_is_followed_as_open_would()
    {
        Mount mount = Mount();
        Agent agent = mount.NewAgent();
        _ = agent.Open(mount["f"]);
        File.CreateSymbolicLink(mount["relative"], "f");
        File.CreateSymbolicLink(mount["absolute"], mount["f"]);

        Assert.Equal(0, agent.Tell(mount.Proc("fvrange"), "/relative 0 4096 volatile"));
        Assert.Equal(0, agent.Tell(mount.Proc("fvrange"), "/absolute 8192 4096 volatile"));

        Assert.Equal("0 4096 v;8192 4096 v;", agent.GetVrange(mount["f"]));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void Memory_shows_as_freed_also_where_nobody_writes(string mode)
    {
        // Attributes may be kept while there is no writer; a purge changes them all the same (R9).
        Mount mount = Mount(mode);
        Agent agent = mount.NewAgent();
        int file = agent.Open(mount["f"]);
        agent.Write(file, 0, 4, 0x11);
        agent.Close(file);
        int reader = agent.Open(mount["f"], Agent.O_RDONLY);
        Wait.Until(() => agent.Stat(reader).Blocks == 32, "the close before has been heard of");
        Stat before = agent.Stat(reader);
        Assert.Equal(0, agent.Tell(mount.Proc("fvrange"), "/f 0 8192 volatile"));

        Assert.Equal(2, mount.Discard("all"));

        Stat after = agent.Stat(reader);
        Assert.Equal(16, after.Blocks);
        Assert.True(after.Modified > before.Modified, $"{before} {after}");
        Assert.Equal(mode == Modes.Sigbus ? "EEEE1111" : "00001111", agent.Scan(reader, 0, 4));
    }

    // Four pages of data, of which the first two were purged.
    private (Mount Mount, Agent Agent, int File) Purged()
    {
        Mount mount = Mount();
        Agent agent = mount.NewAgent();
        int file = agent.Open(mount["f"]);
        agent.Write(file, 0, 4, 0x11);
        agent.Mark(file, 0, 2);
        Assert.Equal(2, mount.Discard("all"));
        return (mount, agent, file);
    }
}
