using System.Globalization;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>What an open file of proc may do is decided by who opened it, and of which process it is by that process.</summary>
public sealed class ProcRightsTests : MountedTest
{
    private const int ESRCH = 3, EACCES = 13;
    private const int Page = Agent.PageSize;

    [Fact]
    public void What_a_set_user_ID_program_writes_has_the_rights_of_who_gave_it_the_file()
    {
        Mount mount = Mount();
        Agent root = mount.NewAgent();
        string cat = mount.SetUserId("/bin/cat");
        _ = Secret(mount, root);
        Assert.Equal("", Command.ShellAs("nobody", $"{cat} {mount["secret"]}").Succeeded()); // it does act as root

        Assert.NotEqual(0, Command.ShellAs("nobody", $"echo '/secret 0 4096 volatile' | {cat} >{mount.Proc("fvrange")}").ExitCode);
        Assert.Equal("", mount.Ranges());

        // And the other way round: root's descriptor in another's hands.
        Command.Shell($"exec 3>{mount.Proc("fvrange")}; su nobody -s /bin/sh -c \"echo '/secret 0 4096 volatile' >&3\"").Succeeded();
        Assert.Matches(@"^\d+ 00000000-00000fff v 0 /secret\n$", mount.Ranges());
    }

    [Fact]
    public void A_listing_shows_what_its_opener_may_see()
    {
        Mount mount = Mount();
        Agent root = mount.NewAgent();
        root.Mark(Secret(mount, root), 0, 1);
        string cat = mount.SetUserId("/bin/cat");

        Assert.Equal("", Command.ShellAs("nobody", $"{cat} <{mount.Proc("vranges")}").Succeeded());
        Assert.EndsWith("/secret\n", Command.ShellAs("nobody", $"{cat} {mount.Proc("vranges")}").Succeeded(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_address_is_the_writers_and_the_right_to_its_file_the_openers()
    {
        Mount mount = Mount();
        Agent root = mount.NewAgent();
        _ = Secret(mount, root);
        Agent heir = mount.NewAgentAfter("nobody", $"exec 3<>{mount.Proc("fvrange")}; >{mount["own"]}", mount.SetUserId());
        ulong secret = heir.Map(heir.Open(mount["secret"], Agent.O_RDWR), 0, 1);
        ulong own = heir.Map(heir.Open(mount["own"], Agent.O_RDWR), 0, 1);

        Assert.Equal(-EACCES, heir.Put(3, $"@0x{secret:x} 4096 volatile"));
        Assert.Equal(0, heir.Put(3, $"@0x{own:x} 4096 volatile"));
        Assert.Matches(@"^\d+ 00000000-00000fff v 0 /own\n$", mount.Ranges());
    }

    [Fact]
    public void A_process_that_executes_a_set_user_ID_program_is_no_longer_open_to_who_has_its_files_open()
    {
        Mount mount = Mount();
        Agent root = mount.NewAgent(), victim = mount.NewAgent("nobody"), other = mount.NewAgent("nobody");
        root.Mark(Secret(mount, root), 0, 4);
        int listing = other.Open(mount.Proc($"{victim.Pid}/vrange"), Agent.O_RDONLY);
        int reclaim = other.Open(mount.Proc($"{victim.Pid}/reclaim"), Agent.O_WRONLY);
        int own = victim.Open(mount.Proc("self/vrange"), Agent.O_RDONLY);
        Assert.Equal(0, other.TryRead(listing, 0, 100));
        Assert.Equal(0, other.Put(reclaim, "all"));

        victim.Become(mount.SetUserId());
        _ = victim.Map(victim.Open(mount["secret"], Agent.O_RDWR), 0, 4);

        Assert.Equal(-EACCES, other.TryRead(listing, 0, 100));
        Assert.Equal(-EACCES, other.Put(reclaim, "all"));
        Assert.Equal(-EACCES, victim.TryRead(own, 0, 100)); // it may be anybody's by now
        Assert.Equal(-EACCES, other.TryOpen(mount.Proc($"{victim.Pid}/vrange"), Agent.O_RDONLY));
        Assert.Equal(-EACCES, other.TryOpen(mount.Proc($"{victim.Pid}/reclaim"), Agent.O_WRONLY));
        int again = victim.Open(mount.Proc("self/vrange"), Agent.O_RDONLY);
        Assert.NotEqual(0, victim.TryRead(again, 0, 100));
        Assert.Equal(new Loss(0, 0), root.Unmark(Reopened(mount, root), 0, 4));
    }

    [Fact]
    public void A_process_that_executes_an_ordinary_program_stays_open()
    {
        Mount mount = Mount();
        Agent first = mount.NewAgent("nobody"), other = mount.NewAgent("nobody");
        int listing = other.Open(mount.Proc($"{first.Pid}/vrange"), Agent.O_RDONLY);
        int file = first.Open(mount["f"]);

        first.Become(mount.SharedAgent());
        ulong map = first.Map(file, 0, 1);
        first.Mark(file, 0, 1);

        string line = $"{map:x8}-{map + Page - 1:x8} v /f\n";
        Assert.Equal(line.Length, other.TryRead(listing, 0, 100));
    }

    [Fact]
    public void A_number_that_came_back_is_another_process()
    {
        Mount mount = Mount();
        Agent root = mount.NewAgent(), parent = mount.NewAgent();
        Agent victim = mount.NewAgent();
        int file = Secret(mount, root);
        root.Write(file, 0, 4, 0x11);
        root.Mark(file, 0, 4);
        int pid = victim.Pid;
        int listing = root.Open(mount.Proc($"{pid}/vrange"), Agent.O_RDONLY);
        int reclaim = root.Open(mount.Proc($"{pid}/reclaim"), Agent.O_WRONLY);
        victim.Process.Kill();
        victim.Process.WaitForExit();

        parent.TakeNumber(pid, parent.Open(mount["secret"], Agent.O_RDWR));

        Wait.Until(() => File.ReadAllText(mount.Proc($"{pid}/vrange")).EndsWith("v /secret\n", StringComparison.Ordinal), "it has mapped the file");
        Assert.Equal(-ESRCH, root.TryRead(listing, 0, 100));
        Assert.Equal(-ESRCH, root.Put(reclaim, "all"));
        Assert.Equal(new Loss(0, 0), root.Unmark(file, 0, 4));
    }

    [Fact]
    public void Capabilities_in_another_user_namespace_are_none_here()
    {
        Mount mount = Mount();
        Agent nobody = mount.NewAgent("nobody");
        _ = nobody.Open(mount["own"]);
        Command.Shell($"chmod 600 {mount["own"]}").Succeeded();
        string unshare = Prerequisites.Program("unshare", "util-linux");

        // Root in a namespace where nobody is not mapped: to the kernel he has no right to what is nobody's.
        Result read = Command.Run(unshare, "-U", "-r", "cat", mount["own"]);
        Assert.Contains("Permission denied", read.Errors, StringComparison.Ordinal);
        Result mark = Command.Run(unshare, "-U", "-r", "sh", "-c", $"echo '/own 0 4096 volatile' >{mount.Proc("fvrange")}");
        Assert.NotEqual(0, mark.ExitCode);
        Assert.Equal("", mount.Ranges());
        Command.Shell($"echo '/own 0 4096 volatile' >{mount.Proc("fvrange")}").Succeeded();
        Assert.NotEqual("", mount.Ranges());
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void Who_can_only_read_a_file_purges_nothing_of_it(string mode)
    {
        // R33a
        Mount mount = Mount(mode);
        Agent root = mount.NewAgent(), nobody = mount.NewAgent("nobody");
        int file = root.Open(mount["f"]);
        root.Write(file, 0, 4, 0x11);
        root.Mark(file, 0, 4);
        int theirs = nobody.Open(mount["f"], Agent.O_RDONLY);
        ulong shared = nobody.MapReadOnly(theirs, 0, 4, shared: true);
        ulong copied = nobody.MapReadOnly(theirs, 0, 4, shared: false);
        Assert.Equal("11111111", nobody.Peek(shared, 4));

        Assert.Equal(0, nobody.Tell(mount.Proc("self/reclaim"), "all"));
        Assert.Equal(0, nobody.Tell(mount.Proc($"{nobody.Pid}/reclaim"), "file"));
        Assert.Equal(0, nobody.Tell(mount.Proc("self/reclaim"), string.Create(CultureInfo.InvariantCulture, $"{copied} {4 * Page}")));

        Assert.Equal("11111111", nobody.Peek(shared, 4));
        Assert.Equal(new Loss(0, 0), root.Unmark(file, 0, 4));
    }

    [Theory]
    [MemberData(nameof(Modes.Zero), MemberType = typeof(Modes))]
    public void Who_opened_it_for_writing_purges_also_by_a_private_or_read_only_mapping(string mode)
    {
        // R33a
        Mount mount = Mount(mode);
        Agent nobody = mount.NewAgent("nobody");
        int file = nobody.Open(mount["f"]);
        foreach (bool shared in (bool[])[true, false])
        {
            nobody.Write(file, 0, 4, 0x11);
            nobody.Mark(file, 0, 4);
            ulong map = nobody.MapReadOnly(file, 0, 4, shared);
            Assert.Equal(0, nobody.Tell(mount.Proc("self/reclaim"), "all"));
            Assert.Equal(new Loss(1, 4 * Page), nobody.Unmark(file, 0, 4));
            nobody.Unmap(map, 4);
        }
    }

    // A file of root's that nobody else may open.
    private static int Secret(Mount mount, Agent root)
    {
        int file = root.Open(mount["secret"]);
        Command.Shell($"chmod 600 {mount["secret"]}").Succeeded();
        return file;
    }

    private static int Reopened(Mount mount, Agent root) => root.Open(mount["secret"], Agent.O_RDWR);
}
