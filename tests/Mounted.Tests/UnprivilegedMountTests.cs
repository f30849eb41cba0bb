using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>
/// An ordinary user mounts through fusermount3. Where /dev/fuse is for root alone he cannot, so the test has a device of its
/// own, in a mount namespace that is gone with it: the machine's stays as it is.
/// </summary>
public sealed class UnprivilegedMountTests : IDisposable
{
    // $1: a directory with bin/ (the daemon) and mnt/ (nobody's). Each line of output is one answer.
    private const string Start = """
        set -eu
        cd "$1"
        mknod fuse c 10 229
        chmod 666 fuse
        mount --bind fuse /dev/fuse
        setpriv --reuid nobody --regid nogroup --clear-groups sh -c "ulimit -n 200; exec $1/bin/vrangefs $1/mnt -f" >log 2>&1 &
        daemon=$!
        trap 'kill -9 "$daemon" 2>/dev/null || true' EXIT
        tries=0
        until grep -q " $1/mnt " /proc/self/mountinfo && su nobody -s /bin/sh -c "stat -f $1/mnt" >/dev/null 2>&1; do
            tries=$((tries + 1))
            [ "$tries" -lt 200 ] && kill -0 "$daemon" || { cat log; exit 1; }
            sleep 0.05
        done

        """;

    private const string Use = Start + """
        su nobody -s /bin/sh -c "cd $1/mnt"'
            exec 3<>f
            head -c 16384 /dev/urandom >&3
            echo "/f 0 8192 volatile" >proc/fvrange
            echo all >proc/sys/vm/discard_vranges
            cut -d" " -f2- proc/vranges
            exec 4<>proc/fvrange
            echo "/f 0 8192 nonvolatile" >&4
            cat <&4
            exec 3>&- 4>&-
            mkdir many
            seq 2000 | while read -r i; do echo "$i" >"many/$i"; done
            seq 2000 | (while read -r i; do read -r text <"many/$i"; [ "$text" = "$i" ] || echo "$i is $text"; done)
            stat -f -c "%b %f" . | { read -r all free; echo "$((all - free)) pages"; }
            rm -r many f
            stat -f -c "%b %f" . | { read -r all free; echo "$((all - free)) pages"; }'
        cat mnt/f >/dev/null 2>&1 && echo "root came in" || echo "closed to root"
        grep -o "user_id=[0-9]*" /proc/self/mountinfo | tail -n 1
        su nobody -s /bin/sh -c "fusermount3 -u $1/mnt"
        wait "$daemon" && echo "ended well"
        grep -q " $1/mnt " /proc/self/mountinfo && echo "still mounted" || echo "unmounted"
        """;

    private const string Read = Start + """
        su nobody -s /bin/sh -c "cd $1/mnt/proc"'
            cmp version /proc/version && echo "the host version"
            ls self/net | grep -x dev
            readlink self/ns/user | cut -d: -f1
            readlink self/exe | grep -o "readlink$"
            cat self/cmdline | tr "\0" " "; echo
            cat 1/maps 2>&1 | grep -o "Permission denied"
            mkdir 5000001 && ls 5000001/task'
        """;

    // $2: fusectl, if it is to be mounted where it usually is.
    private const string Signal = Start + """
        mount --bind mnt bound
        [ -z "$2" ] || mount -t "$2" none /sys/fs/fuse/connections
        setpriv --reuid nobody --regid nogroup --clear-groups sh -c "exec 3<>bound/f && exec sleep 30" >/dev/null 2>&1 &
        sleep 0.3
        begin=$(date +%s)
        kill "$daemon"
        wait "$daemon" && echo "ended well"
        [ "$(($(date +%s) - begin))" -lt 10 ] && echo "in time"
        grep -q " $1/mnt " /proc/self/mountinfo && echo "still mounted" || echo "unmounted"
        su nobody -s /bin/sh -c "stat -f $1/bound" 2>&1 | grep -o "not connected"
        kill $!
        """;

    private readonly string _home = Mount.NewHome();

    public UnprivilegedMountTests()
    {
        Prerequisites.Fuse();
        Prerequisites.RightToMount();
        Prerequisites.Program("fusermount3", "fuse3");
        // The tests' own directory may be closed to nobody.
        Command.Shell(
            $"mkdir {_home}/bin {_home}/mnt {_home}/bound && cd {AppContext.BaseDirectory} && cp *.dll *.json vrangefs {_home}/bin"
            + $" && chmod -R a+rX {_home}/bin && chown nobody {_home}/mnt").Succeeded();
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Fact]
    public void An_ordinary_user_mounts_for_himself()
        => AssertSays(
            Use, "", "00000000-00001fff p 0 /f", "1 8192", "2002 pages", "0 pages", "closed to root", "user_id=65534", "ended well", "unmounted");

    [Fact]
    public void His_proc_shows_the_host_as_he_sees_it()
        => AssertSays(Read, "", "the host version", "dev", "user", "readlink", "cat self/cmdline ", "Permission denied", "5000001");

    [Theory]
    [InlineData("")]
    [InlineData("fusectl")]
    public void A_signal_ends_his_daemon_also_while_others_have_the_mount(string control)
        => AssertSays(Signal, control, "ended well", "in time", "unmounted", "not connected");

    private void AssertSays(string script, string argument, params string[] lines)
    {
        Result result = Command.Run(
            Prerequisites.Program("unshare", "util-linux"), "--mount", "--propagation", "private",
            "timeout", "-k", "5", "40", "sh", "-c", script, "sh", _home, argument);

        Assert.Equal(lines, result.Succeeded().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
