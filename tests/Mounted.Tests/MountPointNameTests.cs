using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>
/// mount.sh and the daemon take a mount point whatever bytes its name consists of, for root and for an ordinary user. Each test has
/// a mount namespace of its own, for a device that everybody may open and for the logs.
/// </summary>
public sealed class MountPointNameTests : IDisposable
{
    // $1: a directory with tool/ (mount.sh and the daemon) and a directory for the user, $2: the user, $3: the name, for printf.
    private const string Outer = """
        set -eu
        cd "$1"
        mknod fuse c 10 229
        chmod 666 fuse
        mount --bind fuse /dev/fuse
        mount -t tmpfs run /run
        status=0
        setpriv --reuid "$2" --regid "$(id -g "$2")" --clear-groups env TMPDIR="$1/of" sh "$1/inner" "$1" "$3" || status=$?
        # Whatever became of it: no daemon stays, and the mounts go with the namespace.
        pkill -9 -f "tool/artifacts/bin/[v]rangefs $1/" || true
        exit "$status"
        """;

    private const string Inner = """
        set -eu
        home=$1
        tool=$home/tool/mount.sh
        name=$(printf '%b.' "$2")
        name=${name%.}
        cd "$home/of"
        case $name in */*) mkdir -p -- "./${name%/*}" ;; esac
        mkdir -- "./$name"
        ln -s -- "./$name" link
        ln -s -- "$home/of/link" link2

        fail() { echo "$*"; exit 1; }
        daemon() { pgrep -f "tool/artifacts/bin/[v]rangefs $home/"; }
        ended() {
            tries=0
            while daemon >/dev/null; do
                tries=$((tries + 1))
                [ "$tries" -lt 200 ] || fail "the daemon goes on $1"
                sleep 0.05
            done
            [ "$(grep -c " $home/of/" /proc/self/mountinfo)" -eq 0 ] || fail "still mounted $1"
            [ ! -e "./$name/f" ] || fail "the file is there $1"
        }

        # Relative; the two lines work.
        "$tool" -- "./$name" -o size=8m >said
        echo x >"./$name/f"
        [ "$(stat -f -c %b "./$name")" -eq 2048 ] || fail "not mounted there"
        cut -d : -f 2- said >commands
        answer=$(sh commands)
        [ "$(printf '%s' "$answer" | tail -n 1)" = "1 8192" ] || fail "the lines say $answer"
        for again in "./$name" link "$home/of/link2"; do
            if "$tool" "$again" >said 2>&1; then fail "mounted twice: $again"; fi
            grep -q "mounted already" said || fail "$(cat said)"
        done
        exec 9<"./$name/f"
        if "$tool" -u "./$name" 2>/dev/null; then fail "unmounted under its user"; fi
        exec 9<&-
        "$tool" -u link2
        ended "by a link"

        # Through a link; the daemon unmounts it itself.
        "$tool" link >/dev/null
        echo x >"./$name/f"
        kill "$(daemon)"
        ended "by a signal"

        # A dead one is cleared.
        "$tool" "$home/of/$name" >/dev/null
        kill -9 "$(daemon)"
        "$tool" link2 2>said >/dev/null
        grep -q stale said || fail "nothing was stale: $(cat said)"
        echo x >"./$name/f"
        kill -9 "$(daemon)"
        "$tool" -u "./$name" 2>said
        ended "dead"
        echo "all well"
        """;

    private readonly string _home = Mount.NewHome();

    public MountPointNameTests()
    {
        Prerequisites.Fuse();
        Prerequisites.RightToMount();
        Prerequisites.Program("fusermount3", "fuse3");
        Prerequisites.Program("pkill", "procps");
        File.WriteAllText(Path.Combine(_home, "inner"), Inner);
        // The tests' own directory may be closed to nobody; the sources are there to be older than the daemon.
        Command.Shell($"""
            set -e
            mkdir -p {_home}/tool/artifacts/bin {_home}/tool/fs {_home}/tool/kernelmodel {_home}/tool/procfs {_home}/tool/linux {_home}/of
            touch {_home}/tool/Directory.Build.props {_home}/tool/Directory.Packages.props
            cp {Repository.Root}/mount.sh {_home}/tool
            cd {AppContext.BaseDirectory} && cp *.dll *.json vrangefs {_home}/tool/artifacts/bin
            chmod -R a+rX {_home}
            """).Succeeded();
    }

    public static TheoryData<string, string> Names
    {
        get
        {
            string[] names =
            [
                "a blank, com,ma", @"tab\011 \\\\040octal\\\\ line\012feed\012", "-dash", "@file#gr\u00fc\u00dfe",
                @"\0377no\0351UTF-8\015", @"quo'te\042s$(false)*?[a]", new string('n', 255), $@"{new string('d', 200)}/er\012/\0377than/f",
            ];
            TheoryData<string, string> data = [];
            foreach (string name in names)
            {
                data.Add(name, "root");
                data.Add(name, "nobody");
            }

            return data;
        }
    }

    // The runtime does not find names that are no UTF-8.
    public void Dispose() => Command.Run("rm", "-rf", "--one-file-system", _home).Succeeded();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_mount_point_may_have_any_name(string name, string user)
    {
        Command.Run("chown", user, Path.Combine(_home, "of")).Succeeded();

        Result result = Command.Run(
            Prerequisites.Program("unshare", "util-linux"), "--mount", "--propagation", "private",
            "timeout", "-k", "5", "55", "sh", "-c", Outer, "sh", _home, user, name);

        Assert.Equal("all well", result.Output.Trim() + result.Errors);
    }
}
