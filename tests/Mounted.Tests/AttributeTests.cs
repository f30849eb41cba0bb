using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>
/// Blocks and times stay right although the kernel keeps attributes, and although with passthrough the daemon hears of no
/// write and of no mapping.
/// </summary>
public sealed class AttributeTests : MountedTest
{
    private const int BlocksOfPage = 8;

    // A request is one read of the daemon.
    private const string NoPolling = ",busy_poll=0";

    private const int Looks = 10;

    private const int OpenFiles = 400;

    private Mount? _mount;

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_write_shows_at_once(string mode)
    {
        (Agent writer, Agent watcher, int watched, int file) = Watched(mode, Agent.O_WRONLY);
        Stat before = watcher.Stat(watched);

        for (int page = 1; page <= 4; page++)
        {
            writer.Write(file, page - 1, 1, 0x11);
            Stat after = watcher.Stat(watched);

            Assert.Equal(page * BlocksOfPage, after.Blocks);
            Assert.True(after.Modified > before.Modified, $"{before} {after}");
            before = after;
        }
    }

    [Fact]
    public void A_store_through_a_mapping_shows_at_once()
    {
        // In page-cache mode it shows with the write-back, as on every filesystem of blocks.
        (Agent writer, Agent watcher, int watched, int file) = Watched(Modes.Passthrough, Agent.O_RDWR);
        ulong map = writer.Map(file, 0, 4);
        StoresShow(writer, watcher, watched, map, 0);

        // And through one that outlives its descriptor, also when it was asked for in between.
        writer.Close(file);
        StoresShow(writer, watcher, watched, map, 2);
    }

    [Fact]
    public void A_store_shows_at_once_in_a_file_that_was_just_made()
    {
        // The attributes that came with the new file are kept, until it is mapped.
        Mount mount = Mount(Modes.Passthrough);
        Agent agent = mount.NewAgent();
        int file = agent.Open(mount["f"]);
        agent.Truncate(file, 4);
        ulong map = agent.Map(file, 0, 4);
        StoresShow(agent, agent, file, map, 0);

        Agent other = mount.NewAgent();
        StoresShow(agent, other, other.Open(mount["f"], Agent.O_PATH), map, 2);
    }

    [Fact]
    public void A_store_shows_at_once_though_the_daemon_has_closed_the_file()
    {
        // More files than the daemon keeps open: what it knew of this one when it closed it is not all there is to know.
        Mount mount = Mount(Modes.Passthrough, openFiles: OpenFiles);
        Agent agent = mount.NewAgent();
        int file = agent.Open(mount["f"]);
        agent.Truncate(file, 4);
        ulong map = agent.Map(file, 0, 4);
        agent.Close(file);
        for (int i = 0; i < OpenFiles; i++)
            File.WriteAllText(mount[$"other{i}"], "x");

        Agent watcher = mount.NewAgent();
        StoresShow(agent, watcher, watcher.Open(mount["f"], Agent.O_PATH), map, 0);
    }

    [Fact]
    public void After_the_last_mapping_attributes_are_kept_again()
    {
        (Agent writer, Agent watcher, int watched, int file) = Watched(Modes.Passthrough + NoPolling, Agent.O_RDWR);
        ulong map = writer.Map(file, 0, 4);
        writer.Poke(map, 1, 0x11);
        writer.Close(file);
        Assert.InRange(RequestsOfLooks(watcher, watched), Looks, 2 * Looks); // a mapping may store at any time

        writer.Unmap(map, 4);

        Wait.Until(() => RequestsOfLooks(watcher, watched) == 0, "nobody can store any more");
        Assert.Equal(BlocksOfPage, watcher.Stat(watched).Blocks);
    }

    [Fact]
    public void Opening_again_and_again_asks_for_no_attributes()
    {
        _mount = Mount(Modes.Passthrough + NoPolling);
        Agent agent = _mount.NewAgent();
        agent.Close(agent.Open(_mount["f"]));
        agent.Close(agent.Open(_mount["f"], Agent.O_RDWR));
        long before = _mount.Daemon.Reads;

        for (int i = 0; i < 100; i++)
            agent.Close(agent.Open(_mount["f"], Agent.O_RDWR));

        // OPEN and RELEASE, and the RELEASE of before.
        Wait.Until(() => _mount.Daemon.Reads >= before + 200, "every close is heard of");
        Assert.InRange(_mount.Daemon.Reads - before, 200, 220);
    }

    // A file whose attributes the kernel has, known to the watcher and open with the writer as told.
    private (Agent Writer, Agent Watcher, int Watched, int File) Watched(string mode, int flags)
    {
        _mount = Mount(mode);
        Agent writer = _mount.NewAgent();
        Agent watcher = _mount.NewAgent();
        int made = writer.Open(_mount["f"]);
        writer.Truncate(made, 4);
        writer.Close(made);
        int watched = watcher.Open(_mount["f"], Agent.O_PATH);
        Assert.Equal(0, watcher.Stat(watched).Blocks);
        return (writer, watcher, watched, writer.Open(_mount["f"], flags));
    }

    private long RequestsOfLooks(Agent watcher, int watched)
    {
        long before = _mount!.Daemon.Reads;
        for (int i = 0; i < Looks; i++)
            _ = watcher.Stat(watched);
        return _mount.Daemon.Reads - before;
    }

    private static void StoresShow(Agent writer, Agent watcher, int watched, ulong map, int first)
    {
        for (int page = first; page < first + 2; page++)
        {
            Stat before = watcher.Stat(watched);
            writer.Poke(map + (ulong)(page * Agent.PageSize), 1, 0x22);
            Stat after = watcher.Stat(watched);

            Assert.Equal((page + 1) * BlocksOfPage, after.Blocks);
            Assert.True(after.Modified > before.Modified, $"{before} {after}");
        }
    }
}
