using System.Diagnostics;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>User faults of a task from programs: who waits, who is told, and who ends while he does (R61).</summary>
public sealed class UserfaultTests : MountedTest
{
    private const int Crowd = 1000;
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(5);

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void Poll_select_and_epoll_hear_of_a_fault(string mode)
    {
        Mount mount = MountWithTask(mode, out string task);
        Process poller = mount.StartUser(NativePrograms.Faults, "poller", $"{task}/userfault");
        Assert.Equal(["Resource temporarily unavailable", "poll 0"], Lines(poller, 2));
        Process first = Load(mount, task, 0x200000);
        Assert.Equal(["epoll 1 1", "0x200000 r", "Resource temporarily unavailable"], Lines(poller, 3));
        Process second = Load(mount, task, 0x201000);
        Assert.Equal(["epoll 1 1", "0x201000 r", "Resource temporarily unavailable"], Lines(poller, 3));
        Process third = Load(mount, task, 0x202000);
        Assert.Equal(["poll 1 1", "select 1", "0x202000 r"], Lines(poller, 3));

        // With its last reader gone each is SIGBUS.
        poller.StandardInput.Close();
        Assert.All([first, second, third], process => Assert.True(process.WaitForExit(s_soon) && process.ExitCode != 0));
        Assert.Contains("SIGBUS", File.ReadAllText($"{task}/syscall"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void Who_waits_can_be_killed_and_takes_nothing_along(string mode)
    {
        Mount mount = MountWithTask(mode, out string task);
        Process reader = mount.StartUser("sh", "-c", $"exec cat {task}/userfault");
        Wait.Until(() => Waits(reader), "the reader waits");
        Process other = mount.StartUser("sh", "-c", $"exec sh -c 'read -r a b; echo $a $b; exec sleep 100' <{task}/userfault");
        Wait.Until(() => Waits(other), "the other reader waits");
        reader.Kill();
        Assert.True(reader.WaitForExit(s_soon));

        Process killed = Load(mount, task, 0x200000), stays = Load(mount, task, 0x201000);
        Assert.Equal("0x200000 r", other.StandardOutput.ReadLine());
        killed.Kill();
        Assert.True(killed.WaitForExit(s_soon));

        // The fault that nobody waits for any more goes to nobody; the other's to whoever reads.
        Assert.Equal("0x201000 r\n", InTime($"head -c 11 {task}/userfault"));
        Process interrupted = Load(mount, task, 0x203000);
        Command.Run("kill", "-s", "TERM", $"{interrupted.Id}").Succeeded();
        Assert.True(interrupted.WaitForExit(s_soon));
        Assert.False(stays.HasExited);
        InTime($"echo 'remap_anon_pages 0x201000 0x900000 4096' >{task}/syscall");
        Assert.True(stays.WaitForExit(s_soon) && stays.ExitCode == 0);
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void The_end_of_a_task_ends_who_waits(string mode)
    {
        Mount mount = MountWithTask(mode, out string task);
        Process reader = mount.StartUser("cat", $"{task}/userfault");
        Wait.Until(() => Waits(reader), "the reader waits");
        Process load = Load(mount, task, 0x200123);
        Assert.Equal("0x200123 r", reader.StandardOutput.ReadLine());
        InTime($"rmdir {task}");
        Assert.True(load.WaitForExit(s_soon) && load.ExitCode != 0);
        Assert.Contains("No such process", load.StandardError.ReadToEnd(), StringComparison.Ordinal);
        Assert.True(reader.WaitForExit(s_soon) && reader.ExitCode == 0);
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_thousand_that_wait_hold_no_thread_and_keep_nobody_waiting(string mode)
    {
        Mount mount = MountWithTask(mode, out string task);
        InTime($"echo 'mmap 0x10000000 8M rw private anon' >{task}/syscall; echo 'madvise 0x10000000 8M user_fault' >{task}/syscall");
        Agent reader = mount.NewAgent();
        int faults = reader.Open($"{task}/userfault", Agent.O_RDONLY);
        int threads = mount.Daemon.Threads;
        Process crowd = mount.StartUser(NativePrograms.Faults, "waiters", $"{task}/syscall", "0x10000000", $"{Crowd}");
        Wait.Until(() => Threads(crowd).Count(Waits) == Crowd, "all wait");
        Assert.InRange(mount.Daemon.Threads, 1, threads + 4); // the runtime's own come and go
        long start = Stopwatch.GetTimestamp();
        InTime($"ls -l {mount.Proc("")} {task}; stat {mount.Root}; mkdir {mount.Proc("5000002")}; cd {mount.Proc("5000002")}; "
            + "echo 'mmap 0x100000 4096 rw private anon' >syscall; echo 'load 0x100000 1' >syscall; cat syscall; cd ..; rmdir 5000002");
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1));

        // One handler, one page each time; the rest gets the signal.
        InTime(
            $$"""
            exec 3>{{task}}/syscall
            for page in $(seq {{0x1000_0000}} 4096 {{0x1000_0000 + (99 * 4096)}}); do
                echo "store 0x900000 'x'" >&3
                echo "remap_anon_pages $page 0x900000 4096" >&3
            done
            """);
        Wait.Until(() => Threads(crowd).Count(Waits) == Crowd - 100, "a hundred went on");
        reader.Close(faults);
        Assert.True(crowd.WaitForExit(s_soon));
        Assert.Equal("100 made, 900 failed\n", crowd.StandardOutput.ReadToEnd());
    }

    [Fact]
    public void It_is_its_owners_alone()
    {
        Mount mount = MountWithTask(Modes.Cached, out string task);
        Assert.Equal("0 0 -rw-------\n", Command.Run("stat", "-c", "%u %g %A", $"{task}/userfault").Succeeded());
        Assert.Contains("Permission denied", Command.ShellAs("nobody", $"cat {task}/userfault").Errors, StringComparison.Ordinal);
        Assert.NotEqual(0, Command.Shell($"echo 'load 0x200000 1' >{task}/syscall").ExitCode);
        Assert.Contains("SIGBUS", File.ReadAllText($"{task}/syscall"), StringComparison.Ordinal);
        Assert.NotEqual(0, Command.Shell($"echo x >{task}/userfault").ExitCode);
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_daemon_that_ends_leaves_nobody_waiting(string mode)
    {
        Mount mount = MountWithTask(mode, out string task);
        Process reader = mount.StartUser("cat", $"{task}/userfault"), second = mount.StartUser("cat", $"{task}/userfault");
        Wait.Until(() => Waits(reader) && Waits(second), "the readers wait");
        Process load = Load(mount, task, 0x200000);
        Assert.NotEqual(0, Command.Run("umount", mount.Root).ExitCode);
        mount.Daemon.Signal("TERM");
        Assert.All([reader, second, load], process => Assert.True(process.WaitForExit(s_soon)));
        Assert.Equal(0, mount.Daemon.WaitForExit());
    }

    private Mount MountWithTask(string mode, out string task)
    {
        Mount mount = Mount(mode);
        task = mount.Proc("5000001");
        Command.Shell(
            $"""
            mkdir {task}; cd {task}
            echo 'mmap 0x200000 64K rw private anon' >syscall
            echo 'madvise 0x200000 64K user_fault' >syscall
            echo 'mmap 0x900000 4096 rw private anon' >syscall
            echo "store 0x900000 'spare'" >syscall
            """).Succeeded();
        return mount;
    }

    private static Process Load(Mount mount, string task, int address)
    {
        Process load = mount.StartUser("sh", "-c", $"exec /bin/echo 'load 0x{address:x} 1' >{task}/syscall");
        Wait.Until(() => Waits(load), "the access waits");
        return load;
    }

    private static string[] Lines(Process process, int count)
    {
        string?[] lines = new string?[count];
        for (int i = 0; i < count; i++)
            lines[i] = process.StandardOutput.ReadLine();
        return lines!;
    }

    private static string InTime(string command) => Command.Run("timeout", "-s", "KILL", $"{s_soon.TotalSeconds}", "sh", "-c", command).Succeeded();

    private static string[] Threads(Process process) => process.HasExited ? [] : Directory.GetDirectories($"/proc/{process.Id}/task");

    private static bool Waits(Process process) => !process.HasExited && Waits($"/proc/{process.Id}");

    private static bool Waits(string directory)
    {
        try
        {
            return File.ReadAllText($"{directory}/wchan").Contains("request_wait_answer", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // it is gone
        }
    }
}
