using System.Globalization;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>The files of a task of the model as programs read and write them.</summary>
public sealed class ModelProcTests : MountedTest
{
    private const int Areas = 10_000;

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_task_is_looked_at_with_cat_dd_and_od(string mode)
    {
        Mount mount = Mount(mode);
        string said = Command.Shell(
            $"""
            cd {mount.Proc("")}
            mkdir 5000001
            cd 5000001
            call() {'{'} echo "$1" >syscall; {'}'}
            truncate -s 8192 {mount["data"]}
            call 'exec /bin/model'
            call 'mmap 0x100000 12288 rw private anon fixed'
            call "store 0x100ffe 'across'"
            call 'mmap 0x200000 4096 r private anon fixed'
            call 'mmap 0x300000 8192 rw shared file:/data fixed'
            cat comm
            cat maps | cut -c1-38,74-
            dd if=mem bs=1 skip=$((0x100ffe)) count=6 2>/dev/null; echo
            printf ACRO | dd of=mem bs=4 seek=$((0x100ffe)) oflag=seek_bytes conv=notrunc 2>/dev/null
            printf forced | dd of=mem bs=6 seek=$((0x200000)) oflag=seek_bytes conv=notrunc 2>/dev/null
            exec 3<>syscall
            echo 'load 0x100ffe 6' >&3; cat <&3
            echo 'load 0x200000 6' >&3; cat <&3
            dd if=mem bs=4096 skip=$((0x102)) count=4 2>/dev/null | wc -c
            dd if=mem bs=4096 skip=$((0x103)) count=1 status=none 2>&1 | sed 's/.*: //' | tail -1
            dd if=pagemap bs=8 skip=$((0x100)) count=4 2>/dev/null | od -An -v -tx8 -w8 | cut -c1-4
            grep -c . smaps
            grep -E '^(Rss|Purged)' smaps_rollup
            grep -E '^(Name|VmSize|VmRSS)' status
            cat statm
            tr '\0' '.' <cmdline; echo
            echo 1 >clear_refs
            grep ^Referenced smaps | sort -u
            echo 7 >clear_refs 2>/dev/null || echo refused
            echo 500 >oom_score_adj; cat oom_score_adj
            cat task/5000001/statm
            cat wchan; echo
            """).Succeeded();

        Assert.Equal(
            """
            model
            00100000-00103000 rw-p 00000000 00:00 
            00200000-00201000 r--p 00000000 00:00 
            00300000-00302000 rw-s 00000000 00:01 /data
            across
            load 0x100ffe 6 = 6 "ACROss"
            load 0x200000 6 = 6 "forced"
            4096
            Input/output error
             810
             810
             800
             000
            81
            Rss:                  12 kB
            Purged:                0 kB
            Name:	model
            VmSize:	      24 kB
            VmRSS:	      12 kB
            6 3 0 0 0 3 0
            /bin/model.
            Referenced:            0 kB
            refused
            500
            6 3 0 0 0 3 0
            0

            """,
            said);
    }

    [Fact]
    public void Its_start_is_a_moment_ago_in_ticks_since_boot()
    {
        Mount mount = Mount(Modes.Cached);
        Directory.CreateDirectory(mount.Proc("5000001"));
        double started = double.Parse(File.ReadAllText(mount.Proc("5000001/stat")).Split(' ')[21], CultureInfo.InvariantCulture) / 100;
        double now = double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
        Assert.InRange(now - started, -0.02, 60);
    }

    [Fact]
    public void Another_user_sees_what_the_kernel_would_show_him()
    {
        Mount mount = Mount(Modes.Cached);
        string task = mount.Proc("5000001");
        Directory.CreateDirectory(task);
        foreach (string file in (string[])["status", "stat", "statm", "cmdline", "comm", "limits", "oom_score", "oom_score_adj", "cgroup", "wchan"])
            Command.ShellAs("nobody", $"cat {task}/{file}").Succeeded();
        foreach (string file in (string[])["maps", "smaps", "smaps_rollup", "environ", "io", "pagemap", "mem"])
            Assert.Contains("Permission denied", Command.ShellAs("nobody", $"cat {task}/{file}").Errors, StringComparison.Ordinal);
        Assert.Contains("Permission denied", Command.ShellAs("nobody", $"echo 1 >{task}/clear_refs").Errors, StringComparison.Ordinal);
        Assert.Contains("Permission denied", Command.ShellAs("nobody", $"echo 1 >{task}/oom_score_adj").Errors, StringComparison.Ordinal);
        Assert.Equal("1 1 0 0 0\n", Command.ShellAs("nobody", $"cut -d' ' -f26-30 {task}/stat").Succeeded());
    }

    [Fact]
    public async Task Ten_thousand_areas_are_listed_whole_while_the_task_goes_on()
    {
        Mount mount = Mount(Modes.Cached);
        string task = mount.Proc("5000001");
        Directory.CreateDirectory(task);
        using (FileStream syscall = new($"{task}/syscall", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0))
        {
            Call(syscall, $"mmap 0x100000 {Areas * 4096L} rw private anon fixed");
            for (int i = 0; i < Areas; i += 2)
                Call(syscall, $"mprotect {0x100000 + (i * 4096L)} 4096 r");

            // Calls get in between the parts of a listing, and it stays in order.
            using var stop = new CancellationTokenSource();
            Task calls = Task.Run(() =>
            {
                for (long i = 0; !stop.IsCancellationRequested; i++)
                    Call(syscall, $"touch {0x100000 + ((((i * 7919) % (Areas / 2)) | 1) * 4096L)} 4096 w");
            });
            string[] maps = await File.ReadAllLinesAsync($"{task}/maps");
            string[] smaps = await File.ReadAllLinesAsync($"{task}/smaps");
            await stop.CancelAsync();
            await calls;
            Assert.Equal(Areas, maps.Length);
            Assert.Equal(maps.Order(StringComparer.Ordinal), maps);
            Assert.Equal(maps, smaps.Chunk(smaps.Length / Areas).Select(area => area[0]));

            Agent agent = mount.NewAgent();
            string copy = Path.Combine(mount.Outside, "copy");
            foreach (string way in (string[])["splice", "sendfile"])
            {
                int from = agent.Open($"{task}/smaps", Agent.O_RDONLY);
                int to = agent.Open(copy, Agent.O_RDWR | Agent.O_CREAT | Agent.O_TRUNC);
                agent.Copy(way, from, to);
                Assert.Equal(await File.ReadAllTextAsync($"{task}/smaps"), await File.ReadAllTextAsync(copy));
                agent.Close(from);
                agent.Close(to);
            }
        }

        static void Call(FileStream syscall, string line) => syscall.Write(System.Text.Encoding.ASCII.GetBytes(line));
    }
}
