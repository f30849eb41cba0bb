using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>What is another's is closed, through every interface (R14, R16, R30, R40).</summary>
public sealed class SecondUserTests : MountedTest
{
    private const int EBADF = 9, EACCES = 13;

    [Fact]
    public void Modes_keep_others_out()
    {
        (Mount mount, Agent root, Agent nobody) = New();
        _ = root.Open(mount["f"]);
        File.SetUnixFileMode(mount["f"], UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.CreateDirectory(mount["d"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        File.WriteAllText(mount["d/f"], "");

        Assert.Equal(-EACCES, nobody.TryOpen(mount["f"], Agent.O_RDONLY));
        Assert.Equal(-EACCES, nobody.TryOpen(mount["d/f"], Agent.O_RDONLY));
        Assert.Equal(-EACCES, nobody.TryOpen(mount["d"], Agent.O_RDONLY));
        Assert.NotEqual(0, Command.ShellAs("nobody", $"rm -f {mount["f"]}").ExitCode); // sticky
        Assert.NotEqual(0, Command.ShellAs("nobody", $"chmod 777 {mount["f"]}").ExitCode);
        int own = nobody.Open(mount["own"]);
        Assert.Equal("65534", Command.Run("stat", "-c", "%u", mount["own"]).Succeeded().Trim());
        nobody.Close(own);
    }

    [Fact]
    public void Marks_on_a_file_of_another_are_refused_in_every_way()
    {
        (Mount mount, Agent root, Agent nobody) = New();
        int file = root.Open(mount["f"]);
        root.Write(file, 0, 4, 0x11);
        root.Mark(file, 0, 2);
        Assert.Equal(2, mount.Discard("all"));
        root.Mark(file, 2, 2);
        string before = mount.Ranges();
        int theirs = nobody.Open(mount["f"], Agent.O_RDONLY);
        ulong map = nobody.Map(theirs, 0, 4, shared: false);

        foreach (string mode in (string[])["volatile", "nonvolatile"])
        {
            Assert.Equal(-EBADF, nobody.Fvrange(theirs, 0, 16384, mode == "volatile" ? 1u : 0, 0).Result);
            Assert.Equal(-EACCES, nobody.Tell(mount.Proc("fvrange"), $"/f 0 16384 {mode}"));
            Assert.Equal($"{-EACCES}", nobody.Ask(mount.Proc("fvrange"), $"@0x{map:x} 16384 {mode}"));
            Assert.Equal(-EACCES, nobody.SetVrange(mount["f"], $"0 16384 {mode}"));
        }

        Assert.NotEqual(0, Command.ShellAs("nobody", $"setfattr -x user.vrange {mount["f"]}").ExitCode);
        Assert.Equal(before, mount.Ranges());
        Assert.Equal(new Loss(1, 8192), root.Unmark(file, 0, 4));
    }

    [Fact]
    public void A_link_of_another_in_a_directory_of_everybody_is_followed_where_open_follows_it()
    {
        const string Setting = "/proc/sys/fs/protected_symlinks";
        (Mount mount, Agent root, _) = New();
        _ = root.Open(mount["f"]);
        Command.ShellAs("nobody", $"ln -s f {mount["link"]}").Succeeded();
        string before = File.ReadAllText(Setting);
        try
        {
            foreach (string isOn in (string[])["1", "0"])
            {
                File.WriteAllText(Setting, isOn);
                int opened = root.TryOpen(mount["link"], Agent.O_RDWR);
                Assert.Equal(isOn == "1" ? -EACCES : 0, Math.Min(0, opened));
                Assert.Equal(isOn == "1" ? -EACCES : 0, Math.Min(0, root.Tell(mount.Proc("fvrange"), "/link 0 4096 volatile")));
            }
        }
        finally
        {
            File.WriteAllText(Setting, before);
        }
    }

    [Fact]
    public void Own_files_can_be_marked_in_every_way()
    {
        (Mount mount, _, Agent nobody) = New();
        int file = nobody.Open(mount["own"]);
        nobody.Write(file, 0, 16, 0x11);
        ulong map = nobody.Map(file, 8, 4);

        nobody.Mark(file, 0, 1);
        Assert.Equal(0, nobody.Tell(mount.Proc("fvrange"), "/own 16384 4096 volatile"));
        Assert.Equal(0, nobody.Tell(mount.Proc("fvrange"), $"@0x{map:x} 4096 volatile"));
        Assert.Equal(0, nobody.SetVrange(mount["own"], "49152 4096 volatile"));

        Assert.Equal("0 4096 v;16384 4096 v;32768 4096 v;49152 4096 v;", nobody.GetVrange(mount["own"]));
        Assert.Equal($"{map:x8}-{map + 4095:x8} v /own\n", Command.ShellAs("nobody", $"cat {mount.Proc($"{nobody.Pid}/vrange")}").Succeeded());
        Assert.Equal(0, nobody.Tell(mount.Proc($"{nobody.Pid}/reclaim"), "file"));
        Assert.Equal("0 4096 v;16384 4096 v;32768 4096 p;49152 4096 v;", nobody.GetVrange(mount["own"]));
    }

    [Fact]
    public void A_supplementary_group_counts()
    {
        const int Group = 100;
        (Mount mount, Agent root, Agent nobody) = New();
        _ = root.Open(mount["f"]);
        Directory.CreateDirectory(mount["d"]);
        _ = root.Open(mount["d/f"]);
        Command.Shell($"cd {mount.Root} && chgrp {Group} f d d/f && chmod 660 f d/f && chmod 710 d").Succeeded();
        Agent member = mount.NewAgentInGroup(Group);

        foreach (string path in (string[])["/f", "/d/f"])
        {
            Assert.Equal(-EACCES, nobody.Tell(mount.Proc("fvrange"), $"{path} 0 4096 volatile"));
            Assert.Equal(0, member.Tell(mount.Proc("fvrange"), $"{path} 0 4096 volatile"));
        }
    }

    [Fact]
    public void Ranges_of_others_are_not_listed()
    {
        (Mount mount, Agent root, Agent nobody) = New();
        root.Mark(root.Open(mount["f"]), 0, 1);
        nobody.Mark(nobody.Open(mount["own"]), 0, 1);

        Assert.Contains(" /f\n", mount.Ranges(), StringComparison.Ordinal);
        Assert.Contains(" /own\n", mount.Ranges(), StringComparison.Ordinal);
        Assert.Matches(@"^\d+ 00000000-00000fff v 0 /own\n$", Command.ShellAs("nobody", $"cat {mount.Proc("vranges")}").Succeeded());
    }

    [Fact]
    public void The_files_of_another_process_are_closed()
    {
        (Mount mount, Agent root, Agent nobody) = New();
        _ = root.Map(root.Open(mount["f"]), 0, 1);

        Assert.Equal(-EACCES, nobody.TryOpen(mount.Proc($"{root.Pid}/vrange"), Agent.O_RDONLY));
        Assert.Equal(-EACCES, nobody.TryOpen(mount.Proc($"{root.Pid}/reclaim"), Agent.O_WRONLY));
        Assert.Equal("444 200", string.Join(' ', Command.Shell($"cd {mount.Proc($"{root.Pid}")} && stat -c %a vrange reclaim").Succeeded().Split('\n')).Trim());
        int own = nobody.Open(mount["own"]);
        Assert.True(root.TryOpen(mount.Proc($"{nobody.Pid}/vrange"), Agent.O_RDONLY) >= 0);
        nobody.Close(own);
    }

    [Fact]
    public void A_descriptor_that_was_passed_on_lists_for_who_opened_it()
    {
        // The check is at the open, as for /proc/PID/maps: root's descriptor in nobody's hands.
        (Mount mount, Agent root, _) = New();
        int file = root.Open(mount["f"]);
        ulong map = root.Map(file, 0, 1);
        root.Mark(file, 0, 1);

        Result result = Command.Shell($"su nobody -s /bin/sh -c 'cat <&3' 3<{mount.Proc($"{root.Pid}/vrange")}");
        Assert.Equal($"{map:x8}-{map + 4095:x8} v /f\n", result.Succeeded());
    }

    [Fact]
    public void Only_the_owner_of_the_mount_purges()
    {
        (Mount mount, Agent root, Agent nobody) = New();
        int file = root.Open(mount["f"]);
        root.Write(file, 0, 1, 0x11);
        root.Mark(file, 0, 1);

        Assert.Equal(-EACCES, nobody.TryOpen(mount.Proc("sys/vm/discard_vranges"), Agent.O_WRONLY));
        Assert.True(nobody.TryOpen(mount.Proc("sys/vm/discard_vranges"), Agent.O_RDONLY) >= 0);
        Assert.Equal(0, root.Unmark(file, 0, 1).Result);
    }

    [Fact]
    public void Nobody_changes_the_tree_of_proc()
    {
        (Mount mount, _, _) = New();
        Assert.NotEqual(0, Command.Shell($"chmod 777 {mount.Proc("vranges")}").ExitCode);
        Assert.NotEqual(0, Command.Shell($"rm -f {mount.Proc("vranges")}").ExitCode);
        Assert.NotEqual(0, Command.Shell($"mkdir {mount.Proc("x")}").ExitCode);
        Assert.NotEqual(0, Command.Shell($"mv {mount.Root}/proc {mount.Root}/x").ExitCode);
        Assert.NotEqual(0, Command.Shell($"rmdir {mount.Root}/proc").ExitCode);
        Assert.Equal("", mount.Ranges());
    }

    [Fact]
    public void One_user_cannot_take_all_ranges()
    {
        const int Share = 1 << 18;
        Mount mount = Mount("", deadlineSeconds: 200);
        (Agent root, Agent nobody) = (mount.NewAgent(), mount.NewAgent("nobody"));
        int file = nobody.Open(mount["f"]);
        Assert.Equal($"{Share} -12", nobody.MarkMany(file, Share + 10)); // ENOMEM
        Assert.Equal("3 0", root.MarkMany(root.Open(mount["r"]), 3));
        Assert.Equal(new Loss(0, 0), nobody.Unmark(file, 0, 4));
        Assert.Equal($"0 0", nobody.MarkMany(file, 0));
        nobody.Mark(file, 0, 1);
    }

    private (Mount Mount, Agent Root, Agent Nobody) New()
    {
        Mount mount = Mount();
        return (mount, mount.NewAgent(), mount.NewAgent("nobody"));
    }
}
