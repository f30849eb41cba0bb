using System.Diagnostics;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>How a mount begins and ends.</summary>
public sealed class DaemonTests : MountedTest
{
    private readonly string _home = Running.Mount.NewHome();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Directory.Delete(_home, recursive: true);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("QUIT")]
    [InlineData("HUP")]
    public void A_signal_unmounts(string signal)
    {
        Mount mount = Mount();
        File.WriteAllText(mount["f"], "x");

        mount.Daemon.Signal(signal);

        Assert.Equal(0, mount.Daemon.WaitForExit());
        Assert.Null(MountTable.ConnectionOf(mount.Root));
        Assert.Contains("unmounted", mount.Daemon.Log, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_signal_unmounts_also_what_is_in_use(string mode)
    {
        Mount mount = Mount(mode);
        Agent agent = mount.NewAgent();
        int file = agent.Open(mount["f"]);
        agent.Write(file, 0, 4, 0x11);
        ulong map = agent.Map(file, 0, 4);
        agent.Poke(map, 4, 0x22);

        mount.Daemon.Signal("TERM");

        Assert.Equal(0, mount.Daemon.WaitForExit());
        Assert.Null(MountTable.ConnectionOf(mount.Root));
        Assert.True(agent.TryOpen(mount["f"], Agent.O_RDWR) < 0);
    }

    [Fact]
    public void An_unmount_from_outside_ends_the_daemon()
    {
        Mount mount = Mount();
        File.WriteAllText(mount["f"], "x");

        Command.Run("umount", mount.Root).Succeeded();

        Assert.Equal(0, mount.Daemon.WaitForExit());
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void An_aborted_connection_is_a_failure_that_is_told_and_cleaned_up(string mode)
    {
        Mount mount = Mount(mode);
        File.WriteAllText(mount["f"], "x");

        Assert.Equal(0, Fuse.FuseControl.Abort(mount.Connection));

        AssertFailure(mount, "aborted");
    }

    [Theory]
    [InlineData(Modes.Passthrough)]
    [InlineData(Modes.CachedRings)]
    public void A_device_that_fails_is_a_failure_that_is_told_and_cleaned_up(string mode)
    {
        Mount mount = Mount(mode);
        using Process strace = mount.StartUser(
            Prerequisites.Program("strace", "strace"),
            "-f", "-qq", "-o", "/dev/null", "-P", "/dev/fuse", "-e", "trace=read", "-e", "inject=read:error=EIO", "-p", $"{mount.Daemon.Pid}");

        // Until a read of the device has failed, by and by all of them.
        Command.Run("timeout", "5", "stat", "-f", mount.Root);

        AssertFailure(mount, "Reading the FUSE device failed");
    }

    [Fact]
    public void A_killed_daemon_leaves_a_mount_that_answers_ENOTCONN()
    {
        Mount mount = Mount();
        Agent agent = mount.NewAgent();
        int file = agent.Open(mount["f"]);

        mount.Daemon.Kill();
        _ = mount.Daemon.WaitForExit();

        Assert.NotNull(MountTable.ConnectionOf(mount.Root));
        Assert.Equal(-107, agent.TryOpen(mount["f"], Agent.O_RDONLY));
        Assert.Equal(-107, agent.Fvrange(file, 0, 4096, 1, 0).Result);
    }

    [Theory]
    [InlineData("bogus", "bogus")]
    [InlineData("size=1m,colour=red", "colour")]
    [InlineData("size=much", "size")]
    [InlineData("size=", "size")]
    [InlineData("mode=9", "mode")]
    [InlineData("fault=panic", "fault")]
    [InlineData("io=fast", "io")]
    [InlineData("nr_inodes=-1", "nr_inodes")]
    [InlineData("uid=root", "uid")]
    [InlineData("noswap=1", "noswap")]
    [InlineData("io=passthrough,fault=sigbus", "io=passthrough")]
    public void A_wrong_option_is_named_and_nothing_is_mounted(string options, string named)
    {
        using Daemon daemon = Daemon.Start(_home, options);

        int? exitCode = daemon.WaitForExit();

        Assert.True(exitCode is 1 or 2, $"{exitCode}");
        Assert.Contains($"'{named}'", daemon.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", daemon.Log, StringComparison.Ordinal);
        Assert.Null(MountTable.ConnectionOf(_home));
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("file")]
    public void What_is_no_directory_is_named_and_nothing_is_mounted(string name)
    {
        File.WriteAllText(Path.Combine(_home, "file"), "");
        string target = Path.Combine(_home, name);
        using Daemon daemon = Daemon.Start(target, "");

        Assert.Equal(1, daemon.WaitForExit());

        Assert.Contains(target, daemon.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", daemon.Log, StringComparison.Ordinal);
        Assert.Null(MountTable.ConnectionOf(target));
    }

    [Fact]
    public void The_options_of_tmpfs_are_heard()
    {
        Mount mount = Mount("mode=750,uid=65534,gid=100,nr_blocks=1k,nr_inodes=20,nosuid,nodev,noexec");

        Assert.Equal("750 65534 100", Command.Run("stat", "-c", "%a %u %g", mount.Root).Succeeded().Trim());
        Assert.Equal("1024 20", Command.Run("stat", "-f", "-c", "%b %c", mount.Root).Succeeded().Trim());
        string line = File.ReadLines("/proc/self/mountinfo").Single(line => line.Contains(mount.Root, StringComparison.Ordinal));
        foreach (string option in (string[])["nosuid", "nodev", "noexec", "allow_other", "default_permissions", "fuse.vrangefs vrangefs"])
            Assert.Contains(option, line, StringComparison.Ordinal);

        for (int i = 1; i < 20; i++)
            File.WriteAllText(mount[$"f{i}"], "");
        Assert.Equal(-28, mount.NewAgent().TryOpen(mount["one more"].Replace(' ', '-'), Agent.O_RDWR | Agent.O_CREAT));
    }

    private static void AssertFailure(Mount mount, string why)
    {
        Assert.Equal(1, mount.Daemon.WaitForExit());
        Assert.Contains("crit:", mount.Daemon.Log, StringComparison.Ordinal);
        Assert.Contains($"the session on {mount.Root} failed", mount.Daemon.Log, StringComparison.Ordinal);
        Assert.Contains(why, mount.Daemon.Log, StringComparison.Ordinal);
        Assert.Null(MountTable.ConnectionOf(mount.Root));
    }
}
