using System.Diagnostics;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>Tasks of the model from a shell: mkdir makes one, echo drives it, cat shows it.</summary>
public sealed class ModelTaskTests : MountedTest
{
    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_shell_makes_a_task_marks_its_memory_and_hears_of_the_loss(string mode)
    {
        Mount mount = Mount(mode);
        string said = Command.Shell(
            $"""
            cd {mount.Proc("")}
            mkdir 5000001
            cd 5000001
            echo 'mmap 0x100000 8192 rw private anon' >syscall
            cat syscall
            echo "store 0x100000 'a cache'" >syscall
            exec 3<>syscall
            echo 'load 0x100000 7' >&3
            cat <&3
            echo 'vrange 0x100000 8192 volatile' >syscall
            cat vrange
            echo all >reclaim
            cat vrange
            echo 'load 0x100003 1' >syscall 2>/dev/null || echo failed
            cat syscall
            echo 'vrange 0x100000 8192 nonvolatile' >&3
            cat <&3
            cd ..
            rmdir 5000001
            ls -d 5000001 2>/dev/null || echo gone
            echo 'brk 0' >&3 2>/dev/null || echo failed
            """).Succeeded();

        Assert.Equal(
            """
            mmap 0x100000 8192 rw private anon = 0x100000
            load 0x100000 7 = 7 "a cache"
            00100000-00101fff v
            00100000-00100fff p
            00101000-00101fff v
            failed
            load 0x100003 1 = -1 EFAULT (Bad address)
            --- SIGBUS {si_signo=SIGBUS, si_code=BUS_ADRERR, si_addr=0x100003} ---
            vrange 0x100000 8192 nonvolatile = 8192 {purged=1}
            gone
            failed

            """,
            said);
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_task_and_a_program_share_a_file(string mode)
    {
        Mount mount = Mount(mode);
        Agent agent = mount.NewAgent();
        int file = agent.Open(mount["f"]);
        agent.Write(file, 0, 2, 0x41);
        string task = mount.Proc("5000001");
        string said = Command.Shell(
            $"""
            mkdir {task}
            exec 3<>{task}/syscall
            echo 'mmap 0x100000 8192 rw shared file:/f' >&3
            echo 'load 0x100000 3' >&3; cat <&3
            echo "store 0x101000 'XYZ'" >&3
            echo 'msync 0x100000 8192 sync' >&3; cat <&3
            dd if={mount["f"]} bs=4096 skip=1 status=none | head -c 3; echo
            echo 'mmap 0x300000 4096 rw shared file:/none' >&3 2>/dev/null || cat <&3
            """).Succeeded();

        Assert.Equal(
            "load 0x100000 3 = 3 \"AAA\"\nmsync 0x100000 8192 sync = 0\nXYZ\n"
            + "mmap 0x300000 4096 rw shared file:/none = -1 ENOENT (No such file or directory)\n",
            said);
        agent.Mark(file, 0, 2);
        Assert.Contains(" v ", File.ReadAllText($"{task}/vrange"), StringComparison.Ordinal);
        Directory.Delete(task);
    }

    [Fact]
    public void Only_who_has_made_a_task_drives_and_ends_it()
    {
        Mount mount = Mount(Modes.Cached);
        string task = mount.Proc("5000001");
        Directory.CreateDirectory(task);
        foreach (string line in (string[])[$"mkdir {task}", $"rmdir {task}", $"cat {task}/syscall", $"cat {task}/vrange", $"echo all >{task}/reclaim"])
            Assert.NotEqual(0, Command.ShellAs("nobody", line).ExitCode);
        Assert.Equal("0 0 dr-xr-xr-x\n", Command.Run("stat", "-c", "%u %g %A", task).Succeeded());
        Assert.NotEqual(0, Command.Run("mkdir", mount.Proc("1000")).ExitCode);
        Assert.NotEqual(0, Command.Run("mkdir", $"{task}/x").ExitCode);
    }

    [Fact]
    public void A_full_machine_kills_the_task_and_serves_on()
    {
        Mount mount = Mount($"{Modes.Cached},mem=4m,swap=0");
        string task = mount.Proc("5000001");
        Directory.CreateDirectory(task);
        Command.Shell($"echo 'mmap 0x100000 64M rw private anon' >{task}/syscall").Succeeded();
        long start = Stopwatch.GetTimestamp();

        // Who has made the call still reads how it ended.
        Assert.Contains(
            "SIGKILL", Command.Shell($"exec 3<>{task}/syscall; echo 'touch 0x100000 64M w' >&3; cat <&3").Succeeded(), StringComparison.Ordinal);
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(10));
        Assert.False(Directory.Exists(task));
        Directory.CreateDirectory(task);
    }

    [Fact]
    public void Everybody_has_tasks_and_what_one_takes_is_nobody_else_s()
    {
        Mount mount = Mount("mem=16m");
        Assert.Equal("1777\n", Command.Run("stat", "-c", "%a", mount.Proc("")).Succeeded());
        Command.Shell($"mkdir {mount.Proc("5000000")} && cd {mount.Proc("5000000")} && echo 'mmap 0x100000 64K rw private anon' >syscall && echo \"store 0x100000 'mine'\" >syscall").Succeeded();
        Command.ShellAs("nobody", $"mkdir {mount.Proc("5000001")}").Succeeded();
        Assert.NotEqual(0, Command.ShellAs("nobody", $"rmdir {mount.Proc("5000000")}").ExitCode);
        Assert.NotEqual(0, Command.ShellAs("nobody", $"echo munlockall >{mount.Proc("5000000/syscall")}").ExitCode);

        // More than there is: killed, and all of it is free again.
        Command.ShellAs("nobody", $"cd {mount.Proc("5000001")} && echo 'mmap 0x100000 1G rw private anon' >syscall").Succeeded();
        Assert.NotEqual(0, Command.ShellAs("nobody", $"echo 'touch 0x100000 1G w' >{mount.Proc("5000001/syscall")}").ExitCode);
        Assert.False(Directory.Exists(mount.Proc("5000001")));
        Assert.Contains("oom_kill 1\n", File.ReadAllText(mount.Proc("vmstat")), StringComparison.Ordinal);

        // As many as there is memory for.
        string made = Command.ShellAs("nobody", $"i=0; while mkdir {mount.Proc("")}/$((5000100 + i)) 2>/dev/null; do i=$((i + 1)); done; echo $i; mkdir {mount.Proc("")}/$((5000100 + i)) 2>&1").Output;
        Assert.Matches("^[0-9]+\nmkdir: .*: Cannot allocate memory\n$", made);
        Assert.InRange(int.Parse(made.Split('\n')[0], System.Globalization.CultureInfo.InvariantCulture), 100, 1000);
        Assert.Equal("mine", Command.Shell($"dd if={mount.Proc("5000000/mem")} bs=4 skip=$((0x100000 / 4)) count=1 status=none").Succeeded());
        Command.ShellAs("nobody", $"rmdir {mount.Proc("")}/50001*").Succeeded();
    }
}
