using System.Diagnostics;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>A signal ends the daemon within seconds, whatever else the kernel keeps of the mount.</summary>
public sealed class SignalTests : MountedTest
{
    private const string NotConnected = "Transport endpoint is not connected";
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    // A namespace of its own. $1: a directory, $2: the daemon, $3: options.
    private const string Start = """
        set -eu
        cd "$1"
        mkdir mnt other
        "$2" mnt -f -o "$3" >log 2>&1 &
        daemon=$!
        trap 'kill -9 "$daemon" 2>/dev/null || true' EXIT
        tries=0
        until grep -q mounted log && stat -f mnt >/dev/null; do
            tries=$((tries + 1))
            [ "$tries" -lt 200 ] || { cat log; exit 1; }
            sleep 0.05
        done

        """;

    private const string Move = Start + """
        mount --move mnt other
        mount -t tmpfs cover mnt
        echo moved >other/f
        cat other/f
        kill "$daemon"
        wait "$daemon" && echo "ended well"
        grep -q " $1/other " /proc/self/mountinfo && echo "still mounted" || echo "unmounted"
        mountpoint -q mnt && echo "the other one is there"
        """;

    // What containers do, with the daemon in the same namespace.
    private const string CoverProc = Start + """
        mkdir real
        mount --bind /proc real
        mount --bind mnt/proc /proc
        kill "$daemon"
        wait "$daemon" && echo "ended well"
        grep -q " $1/mnt " real/self/mountinfo && echo "still mounted" || echo "unmounted"
        """;

    public static TheoryData<string> SomeModes => [Modes.Passthrough, Modes.Cached, Modes.CachedRings];

    [Theory]
    [InlineData(Modes.Passthrough, false)]
    [InlineData(Modes.Passthrough, true)]
    [InlineData(Modes.Cached, false)]
    [InlineData(Modes.Cached, true)]
    [InlineData(Modes.CachedRings, false)]
    [InlineData(Modes.CachedRings, true)]
    public void A_signal_ends_a_daemon_whose_mount_is_bound_elsewhere(string mode, bool busy)
    {
        Mount mount = Mount(mode);
        string other = Directory.CreateDirectory(Path.Combine(mount.Outside, "other")).FullName;
        Command.Run("mount", "--bind", mount.Root, other).Succeeded();
        try
        {
            Agent agent = mount.NewAgent();
            if (busy)
            {
                int file = agent.Open(Path.Combine(other, "f"));
                agent.Write(file, 0, 4, 0x11);
                agent.Poke(agent.Map(file, 0, 4), 4, 0x22);
            }

            AssertEnds(mount);

            Assert.Null(MountTable.ConnectionOf(mount.Root));
            Assert.Contains(NotConnected, Command.Run("stat", "-f", other).Errors, StringComparison.Ordinal);
            Assert.Equal(-107, agent.TryOpen(Path.Combine(other, "f"), Agent.O_RDWR | Agent.O_CREAT));
        }
        finally
        {
            _ = Command.Run("umount", "-l", other);
        }
    }

    [Theory]
    [InlineData(Modes.Passthrough, false)]
    [InlineData(Modes.Passthrough, true)]
    [InlineData(Modes.Cached, false)]
    [InlineData(Modes.Cached, true)]
    [InlineData(Modes.CachedRings, false)]
    [InlineData(Modes.CachedRings, true)]
    public void A_signal_ends_a_daemon_whose_mount_is_covered_and_leaves_the_cover_alone(string mode, bool byAnother)
    {
        Mount mount = Mount(mode);
        Daemon? second = null;
        try
        {
            if (byAnother)
            {
                second = Daemon.Start(mount.Root, mode);
                Wait.Until(() => second.Log.Contains("mounted on", StringComparison.Ordinal), "the second daemon has mounted");
            }
            else
            {
                Command.Run("mount", "-t", "tmpfs", "cover", mount.Root).Succeeded();
            }

            File.WriteAllText(mount["above"], "y");

            AssertEnds(mount);

            Assert.Equal("y", File.ReadAllText(mount["above"]));
            Command.Run("umount", mount.Root).Succeeded();
            Assert.Equal(0, second?.WaitForExit() ?? 0);
            Assert.Contains(NotConnected, Command.Run("stat", "-f", mount.Root).Errors, StringComparison.Ordinal);
        }
        finally
        {
            second?.Dispose();
            _ = Command.Shell($"umount {mount.Root}; umount -l {mount.Root}");
        }
    }

    [Theory]
    [MemberData(nameof(SomeModes))]
    public void A_signal_ends_a_daemon_whose_mount_another_namespace_keeps(string mode)
    {
        Mount mount = Mount(mode);
        File.WriteAllText(mount["f"], "x");
        Process holder = mount.StartUser("unshare", "--mount", "--propagation", "private", "sleep", "60");
        Wait.Until(() => File.ReadAllText($"/proc/{holder.Id}/comm").Trim() == "sleep", "the namespace is there");

        AssertEnds(mount);

        Assert.Null(MountTable.ConnectionOf(mount.Root));
        Result result = Command.Run("nsenter", "-t", $"{holder.Id}", "-m", "stat", "-f", mount.Root);
        Assert.Contains(NotConnected, result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SomeModes))]
    public void A_signal_unmounts_what_was_moved(string mode)
        => AssertSays(Move, mode, "moved", "ended well", "unmounted", "the other one is there");

    [Theory]
    [MemberData(nameof(SomeModes))]
    public void A_signal_unmounts_also_below_its_own_proc(string mode) => AssertSays(CoverProc, mode, "ended well", "unmounted");

    private static void AssertSays(string script, string mode, params string[] lines)
    {
        Prerequisites.Fuse();
        Prerequisites.RightToMount();
        string home = Running.Mount.NewHome();
        try
        {
            Result result = Command.Run(
                Prerequisites.Program("unshare", "util-linux"), "--mount", "--propagation", "private",
                "timeout", "-k", "5", "40", "sh", "-c", script, "sh", home, Daemon.Program, mode);

            Assert.Equal(lines, result.Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
        finally
        {
            Directory.Delete(home, recursive: true);
        }
    }

    private static void AssertEnds(Mount mount)
    {
        long start = Stopwatch.GetTimestamp();
        mount.Daemon.Signal("TERM");
        Assert.Equal(0, mount.Daemon.WaitForExit());
        TimeSpan taken = Stopwatch.GetElapsedTime(start);
        Assert.True(taken < s_patience, $"{taken}");
        Assert.DoesNotContain("fail:", mount.Daemon.Log, StringComparison.Ordinal);
    }
}
