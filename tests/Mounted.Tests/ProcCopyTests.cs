using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>Files of proc are read whole by whoever copies them, whatever way he does.</summary>
public sealed class ProcCopyTests : MountedTest
{
    private const int EXDEV = 18, EINVAL = 22;
    private const int Ranges = 500;

    public static TheoryData<string, string> Ways
    {
        get
        {
            TheoryData<string, string> ways = [];
            foreach (string mode in (string[])[Modes.Passthrough, Modes.Cached, Modes.PassthroughRings, Modes.CachedRings])
            {
                ways.Add(mode, "splice");
                ways.Add(mode, "sendfile");
            }

            return ways;
        }
    }

    [Fact]
    public void The_size_is_that_of_what_was_rendered_last_in_whole_pages()
    {
        (Mount mount, Agent agent) = New();
        foreach (string name in (string[])["vranges", "meminfo", "vmstat", "fvrange", "sys/vm/discard_vranges", "self/vrange", "self/reclaim"])
            Assert.Equal("4096", Size(mount, name));

        int file = agent.Open(mount["f"]);
        MarkMany(agent, file);
        Assert.Equal("4096", Size(mount, "vranges"));
        int length = mount.Ranges().Length;
        Assert.InRange(length, 2 * 4096, 4 * 4096);
        Assert.Equal($"{(length + 4095) / 4096 * 4096}", Size(mount, "vranges"));
        agent.Unmark(file, 0, 10 * Ranges);
        Assert.Equal("", mount.Ranges());
        Assert.Equal("4096", Size(mount, "vranges"));
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void A_copy_holds_the_whole_text(string mode, string way)
    {
        (Mount mount, Agent agent) = New(mode);
        int file = agent.Open(mount["f"]);
        string path = Path.Combine(mount.Outside, "copy");
        foreach (int round in (int[])[0, 1, 2])
        {
            // Longer than any that was rendered before, then as long, then shorter.
            if (round == 0)
                MarkMany(agent, file);
            if (round == 2)
                agent.Unmark(file, 100, 10 * Ranges);
            int from = agent.Open(mount.Proc("vranges"), Agent.O_RDONLY);
            int to = agent.Open(path, Agent.O_RDWR | Agent.O_CREAT | Agent.O_TRUNC);
            int copied = agent.Copy(way, from, to);
            string text = File.ReadAllText(path);
            Assert.Equal(mount.Ranges(), text);
            Assert.Equal(text.Length, copied);
            agent.Close(from);
            agent.Close(to);
        }
    }

    [Fact]
    public void Tools_copy_them()
    {
        (Mount mount, Agent agent) = New();
        MarkMany(agent, agent.Open(mount["f"]));
        string path = Path.Combine(mount.Outside, "copy");
        foreach (string copy in (string[])["cp SOURCE COPY", "cat SOURCE >COPY", "dd if=SOURCE of=COPY bs=1000", "head -c 1000000 SOURCE >COPY", "tail -n +1 SOURCE >COPY"])
        {
            foreach (string to in (string[])[path, mount["copy"]])
            {
                Command.Shell(copy.Replace("SOURCE", mount.Proc("vranges"), StringComparison.Ordinal).Replace("COPY", to, StringComparison.Ordinal)).Succeeded();
                Assert.Equal(mount.Ranges(), File.ReadAllText(to));
                File.Delete(to);
            }
        }

        File.Copy(mount.Proc("vranges"), path);
        Assert.Equal(mount.Ranges(), File.ReadAllText(path));
        Assert.Equal($"{mount.Ranges().Length}", Command.Shell($"wc -c <{mount.Proc("vranges")}").Succeeded().Trim());
    }

    [Fact]
    public void Copy_file_range_leaves_it_to_others_as_that_of_the_hosts_proc_does()
    {
        (Mount mount, Agent agent) = New();
        int to = agent.Open(Path.Combine(mount.Outside, "copy"));
        Assert.Equal(-EXDEV, agent.Copy("copyrange", agent.Open("/proc/meminfo", Agent.O_RDONLY), to));
        Assert.Equal(-EXDEV, agent.Copy("copyrange", agent.Open(mount.Proc("meminfo"), Agent.O_RDONLY), to));
    }

    [Fact]
    public void What_one_splices_is_not_what_another_gets()
    {
        (Mount mount, Agent agent) = New();
        Agent nobody = mount.NewAgent("nobody");
        MarkMany(agent, agent.Open(mount["f"]));
        int theirs = nobody.Open(mount.Proc("vranges"), Agent.O_RDONLY);
        string own = Path.Combine(mount.Outside, "own"), all = Path.Combine(mount.Outside, "all");
        File.WriteAllText(own, "");
        Command.Shell($"chmod 666 {own}").Succeeded();

        Assert.Equal(mount.Ranges().Length, agent.Copy("sendfile", agent.Open(mount.Proc("vranges"), Agent.O_RDONLY), agent.Open(all)));
        Assert.Equal(0, nobody.Copy("sendfile", theirs, nobody.Open(own, Agent.O_RDWR)));
        Assert.Equal("", File.ReadAllText(own));
    }

    [Fact]
    public void A_reply_is_not_lost_to_who_splices()
    {
        (Mount mount, Agent agent) = New();
        _ = agent.Open(mount["f"]);
        int link = agent.Open(mount.Proc("fvrange"), Agent.O_RDWR);
        Assert.Equal(0, agent.Put(link, "/f 0 4096 volatile"));
        Assert.Equal(-EINVAL, agent.Copy("sendfile", link, agent.Open(Path.Combine(mount.Outside, "copy"))));
        Assert.Equal(4, agent.TryRead(link, 0, 100));

        string script = $"exec 4<>{mount.Proc("fvrange")}; echo '/f 0 4096 nonvolatile' >&4; cat <&4";
        Assert.Equal("0 0\n", Command.Shell(script).Succeeded());
        Command.Shell($"{script} >{mount["reply"]}").Succeeded();
        Assert.Equal("0 0\n", File.ReadAllText(mount["reply"]));
    }

    private (Mount Mount, Agent Agent) New(string mode = "")
    {
        Mount mount = Mount(mode);
        return (mount, mount.NewAgent());
    }

    // A text of several pages.
    private static void MarkMany(Agent agent, int file)
    {
        for (int i = 0; i < Ranges; i++)
            agent.Mark(file, 10 * i, 1);
    }

    private static string Size(Mount mount, string name) => Command.Run("stat", "-L", "-c", "%s", mount.Proc(name)).Succeeded().Trim();
}
