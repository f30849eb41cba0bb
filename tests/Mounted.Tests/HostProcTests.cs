using System.Diagnostics;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>Processes of the host are in the mount's proc what they are in the host's, to everybody: text, errors and rights.</summary>
public sealed class HostProcTests : MountedTest
{
    private const int EINVAL = 22;

    // $1: a /proc, $2: a process. What a read of each of its names says, or why there is none. Of texts that change from one read to
    // the next, the numbers are left out.
    private const string Look = """
        cd "$1/$2" || exit
        for name in arch_status auxv cgroup cmdline comm coredump_filter environ gid_map io limits loginuid maps mem mountinfo \
            mounts numa_maps oom_adj oom_score oom_score_adj pagemap personality projid_map sched schedstat sessionid setgroups \
            smaps smaps_rollup stack stat statm status syscall timens_offsets timerslack_ns uid_map wchan attr/current attr/exec \
            net/dev net/unix net/stat/rt_cache ns/mnt ns/user exe cwd root fd fdinfo task fd/0 task/$2/comm task/$2/stat task/$2/maps; do
            printf '%s: ' "$name"
            if [ -L "$name" ]; then readlink "$name" 2>&1 || echo "readlink: $?"
            elif [ -d "$name" ]; then ls "$name" 2>&1 | tr '\n' ' '; echo
            else
                case $name in
                sched | schedstat | smaps* | numa_maps | net/* | mem) head -c 20000 "$name" 2>&1 | sed 's/[0-9]\+/N/g' | tr -s ' ' ;;
                *) head -c 20000 "$name" 2>&1 | cksum; head -c 300 "$name" 2>&1 | tr '\0' ' ' ;;
                esac
            fi
        done
        """;

    public static TheoryData<string, string> Looks
    {
        get
        {
            TheoryData<string, string> looks = [];
            foreach (string user in (string[])["root", "nobody"])
            {
                foreach (string process in (string[])["root's", "nobody's", "kernel's", "zombie"])
                    looks.Add(user, process);
            }

            return looks;
        }
    }

    [Theory]
    [MemberData(nameof(Looks))]
    public void A_process_looks_as_it_does_to_the_kernel(string user, string process)
    {
        Mount mount = Mount();
        using Process shell = Process.Start(Started(process))!;
        try
        {
            string pid = process == "kernel's" ? "2" : shell.StandardOutput.ReadLine()!;
            if (process == "zombie")
                Wait.Until(() => File.ReadAllText($"/proc/{pid}/stat").Contains(" Z ", StringComparison.Ordinal), "it has ended");
            string script = Path.Combine(mount.Outside, "look");
            File.WriteAllText(script, Look);
            string real = Command.ShellAs(user, $"sh {script} /proc {pid}").Succeeded();
            string ours = Command.ShellAs(user, $"sh {script} {mount.Proc("")} {pid}").Succeeded();
            Assert.Equal(real, ours.Replace(mount.Proc(""), "/proc/", StringComparison.Ordinal));
            Assert.True(real.Length > 2000, real);
        }
        finally
        {
            shell.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public void A_file_stays_that_of_its_process_and_the_rights_those_of_who_opened_it()
    {
        Mount mount = Mount();
        string setUserId = mount.SetUserId();
        foreach (string name in (string[])["maps", "smaps_rollup", "environ", "stat", "status", "pagemap", "io", "personality", "auxv", "wchan"])
        {
            Agent victim = mount.NewAgent("nobody"), other = mount.NewAgent("nobody");
            int real = other.Open($"/proc/{victim.Pid}/{name}", Agent.O_RDONLY);
            int ours = other.Open(mount.Proc($"{victim.Pid}/{name}"), Agent.O_RDONLY);
            AssertSame(other, real, ours, name);
            victim.Become(setUserId);
            AssertSame(other, real, ours, $"{name} of a set-user-ID program");
            int pid = victim.Pid;
            int openedReal = other.TryOpen($"/proc/{pid}/{name}", Agent.O_RDONLY), opened = other.TryOpen(mount.Proc($"{pid}/{name}"), Agent.O_RDONLY);
            Assert.True(openedReal < 0 == opened < 0, $"{name}: {opened}, and {openedReal} to the kernel");
            Command.Shell($"kill -9 {pid}").Succeeded();
            victim.Process.WaitForExit();
            Wait.Until(() => !Directory.Exists($"/proc/{pid}"), "it is reaped");
            AssertSame(other, real, ours, $"{name} of one that is gone");
            Assert.Equal(-2, other.TryOpen(mount.Proc($"{pid}/{name}"), Agent.O_RDONLY));
        }
    }

    [Fact]
    public void Rights_in_another_user_namespace_are_none_here()
    {
        Mount mount = Mount();
        Agent nobody = mount.NewAgent("nobody");
        string unshare = Prerequisites.Program("unshare", "util-linux");
        foreach (string name in (string[])["maps", "environ", "stat", "cmdline"])
        {
            Result real = Command.ShellAs("nobody", $"{unshare} -U -r cat /proc/{nobody.Pid}/{name}");
            Result ours = Command.ShellAs("nobody", $"{unshare} -U -r cat {mount.Proc($"{nobody.Pid}/{name}")}");
            Assert.Equal((real.ExitCode, real.Output), (ours.ExitCode, ours.Output));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1023)]
    public void A_text_is_read_in_parts_of_any_size(int size)
    {
        Mount mount = Mount();
        Agent agent = mount.NewAgent();
        string whole = Command.Shell($"cat /proc/{agent.Pid}/maps").Succeeded();
        foreach (string name in (string[])[$"{agent.Pid}/maps", $"{agent.Pid}/limits"])
        {
            string real = Command.Shell($"cat /proc/{name}").Succeeded();
            Assert.Equal(real, Command.Shell($"dd if={mount.Proc(name)} bs={size} status=none").Succeeded());

            // Backwards, by pread.
            string script = $"i={real.Length / size}; while [ $i -ge 0 ]; do dd if={mount.Proc(name)} bs={size} skip=$i count=1 status=none; i=$((i - {Math.Max(1, real.Length / size / 20)})); done";
            Assert.Equal(Command.Shell(script.Replace(mount.Proc(name), $"/proc/{name}", StringComparison.Ordinal)).Succeeded(), Command.Shell(script).Succeeded());
        }
    }

    [Theory]
    [InlineData("splice")]
    [InlineData("sendfile")]
    public void A_copy_holds_the_whole_text(string way)
    {
        Mount mount = Mount();
        Agent agent = mount.NewAgent();
        string path = Path.Combine(mount.Outside, "copy");
        string real = Command.Shell("cat /proc/cpuinfo /proc/filesystems >/dev/null; cat /proc/kallsyms").Succeeded();
        int from = agent.Open(mount.Proc("kallsyms"), Agent.O_RDONLY);
        int to = agent.Open(path, Agent.O_RDWR | Agent.O_CREAT | Agent.O_TRUNC);
        while (agent.Copy(way, from, to) > 0)
        {
        }

        Assert.Equal(real, File.ReadAllText(path));
    }

    [Fact]
    public void What_is_the_host_s_is_read_only()
    {
        Mount mount = Mount();
        Agent agent = mount.NewAgent();
        int comm = agent.Open(mount.Proc($"{agent.Pid}/comm"), Agent.O_RDWR); // as runtimes open it
        Assert.Equal(-EINVAL, agent.Put(comm, "other"));
        foreach (string name in (string[])["sys/kernel/pid_max", "sys/vm/dirty_ratio", "loadavg"])
        {
            string before = File.ReadAllText($"/proc/{name}");
            Assert.NotEqual(0, Command.Shell($"echo 99 >{mount.Proc(name)}").ExitCode);
            Assert.Equal("444\n", Command.Run("stat", "-c", "%a", mount.Proc(name)).Succeeded());
            if (name != "loadavg")
                Assert.Equal(before, File.ReadAllText(mount.Proc(name)));
        }
    }

    [Fact]
    public void Names_of_the_system_are_the_host_s()
    {
        Mount mount = Mount();
        foreach (string name in (string[])["version", "cpuinfo", "filesystems", "cmdline", "devices", "sys/kernel/osrelease", "sys/kernel/hostname"])
            Assert.Equal(File.ReadAllText($"/proc/{name}"), File.ReadAllText(mount.Proc(name)));
        string list = "ls | grep -v '^[0-9]*$'";
        string[] real = Command.Shell($"cd /proc && {list}").Succeeded().Split('\n');
        string[] ours = Command.Shell($"cd {mount.Proc("")} && {list}").Succeeded().Split('\n');
        Assert.Equal(real.Union(["fvrange", "vranges"]).Order(StringComparer.Ordinal), ours.Order(StringComparer.Ordinal));
        Assert.Equal(
            Command.Shell("cd /proc/sys/kernel && ls").Succeeded(), Command.Shell($"cd {mount.Proc("sys/kernel")} && ls").Succeeded());
    }

    [Fact]
    public void Secrets_of_the_kernel_are_no_strangers()
    {
        // They are zeros to who may not see them, by his capabilities and not by a mode.
        Mount mount = Mount();
        foreach (string name in (string[])["kallsyms", "iomem", "sys/kernel/kptr_restrict"])
        {
            Result real = Command.ShellAs("nobody", $"head -5 /proc/{name}");
            Assert.Equal((real.ExitCode, real.Output), Ran(Command.ShellAs("nobody", $"head -5 {mount.Proc(name)}")));
        }

        Assert.NotEqual(0, Command.ShellAs("nobody", $"cat {mount.Proc("slabinfo")}").ExitCode);
        Assert.NotEqual(0, Command.ShellAs("nobody", $"cat {mount.Proc("kpagecount")}").ExitCode);
    }

    private static (int, string) Ran(Result result) => (result.ExitCode, result.Output);

    // Who looks at the process at that moment, as the daemon may, keeps the memory that it had a little longer.
    private static void AssertSame(Agent reader, int real, int ours, string what)
        => Wait.Until(() => reader.TryRead(real, 0, 64) == reader.TryRead(ours, 0, 64), $"{what} reads as it does from the kernel");

    private static ProcessStartInfo Started(string process) => process switch
    {
        "nobody's" => Command.Info("su", "nobody", "-s", "/bin/sh", "-c", "echo $$; exec sleep 1000"),
        "zombie" => Command.Info("sh", "-c", "sleep 0.3 & echo $!; exec sleep 1000"),
        _ => Command.Info("sh", "-c", "echo $$; exec sleep 1000"),
    };
}
