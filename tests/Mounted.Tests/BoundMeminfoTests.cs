using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>
/// The mount's meminfo over the host's, as containers have it, also where the daemon sees it: nothing that it does itself may
/// ever read it.
/// </summary>
public sealed class BoundMeminfoTests : IDisposable
{
    // $1: a directory with mnt/, $2: what starts the daemon, $3: "refused" where it may answer that it cannot have the host's own
    // files any more, because it may not keep a mount of them. Collections are made frequent. Should the daemon hang, a
    // stop of its connection lets the script end.
    private const string Script = """
        set -eu
        export DOTNET_GCgen0size=20000
        mknod "$1/fuse" c 10 229 2>/dev/null && chmod 666 "$1/fuse" && mount --bind "$1/fuse" /dev/fuse
        echo user_allow_other >"$1/fuse.conf"
        [ ! -e /etc/fuse.conf ] || mount --bind "$1/fuse.conf" /etc/fuse.conf
        cd /
        $2 >"$1/log" 2>&1 &
        daemon=$!
        tries=0
        until grep -q " $1/mnt " /proc/self/mountinfo && stat -f "$1/mnt" >/dev/null 2>&1; do
            tries=$((tries + 1))
            [ "$tries" -lt 300 ] && kill -0 "$daemon" || { cat "$1/log"; exit 1; }
            sleep 0.05
        done
        connection=$(awk -v dir="$1/mnt" '$5 == dir { split($3, device, ":"); print device[2] }' /proc/self/mountinfo)
        mount -t fusectl none /sys/fs/fuse/connections 2>/dev/null || :
        ( sleep 40; echo 1 >"/sys/fs/fuse/connections/$connection/abort" ) >/dev/null 2>&1 &
        watchdog=$!
        for name in meminfo stat uptime sys/kernel/osrelease; do
            mount --bind "$1/mnt/proc/$name" "/proc/$name"
        done
        grep -c Volatile: /proc/meminfo
        answered=0
        while [ "$answered" -lt 500 ]; do
            cat "$1/mnt/proc/vranges" "$1/mnt/proc/vmstat" /proc/meminfo >/dev/null 2>&1 || break
            cat "$1/mnt/proc/stat" /proc/stat /proc/uptime /proc/sys/kernel/osrelease >/dev/null 2>&1 || [ "$3" = refused ] || break
            answered=$((answered + 1))
        done
        echo "$answered"
        kill "$watchdog"
        umount /proc/meminfo /proc/stat /proc/uptime /proc/sys/kernel/osrelease
        kill "$daemon"
        wait "$daemon" || :
        """;

    private readonly string _home = Mount.NewHome();

    public BoundMeminfoTests()
    {
        Prerequisites.Fuse();
        Prerequisites.RightToMount();
        Directory.CreateDirectory(Path.Combine(_home, "mnt"));
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Theory]
    [MemberData(nameof(Modes.Zero), MemberType = typeof(Modes))]
    public void Roots_daemon_never_reads_it(string mode)
        => Answers(["--mount", "--propagation", "private"], $"{Daemon.Program} {_home}/mnt -f -o {mode}", "read");

    [Fact]
    public void Nor_does_an_ordinary_users()
    {
        Prerequisites.Program("fusermount3", "fuse3");
        Command.Shell($"mkdir {_home}/bin && cd {AppContext.BaseDirectory} && cp *.dll *.json vrangefs {_home}/bin && chmod -R a+rX {_home}/bin && chown nobody {_home}/mnt").Succeeded();
        Answers(["--mount", "--propagation", "private"], $"setpriv --reuid=65534 --regid=65534 --clear-groups {_home}/bin/vrangefs {_home}/mnt -f -o allow_other", "refused");
    }

    [Fact]
    public void Nor_does_one_in_a_user_namespace()
        => Answers(["--user", "--map-root-user", "--mount", "--propagation", "private"], $"{Daemon.Program} {_home}/mnt -f", "refused");

    private void Answers(string[] unshare, string daemon, string files)
    {
        Result result = Command.Run("unshare", [.. unshare, "sh", "-c", Script, "sh", _home, daemon, files]);
        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
        Assert.Equal(["1", "500"], result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
