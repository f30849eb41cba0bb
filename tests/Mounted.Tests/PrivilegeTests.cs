using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>
/// Who changes a program does not become its owner: set-user-ID, set-group-ID and capabilities go with a write, as on tmpfs.
/// </summary>
public sealed class PrivilegeTests : MountedTest
{
    private const int Group = 100;
    private const int NobodyId = 65534;
    private const int EPERM = 1;

    // struct vfs_ns_cap_data, revision 2: CAP_NET_RAW permitted.
    private const string Capability = "^@^@^@^B^@ ^@^@^@^@^@^@^@^@^@^@^@^@^@^@";

    private static readonly string[] s_kinds = ["6777", "4777", "2777", "2767", "capability"];

    private static readonly string[] s_changes =
    [
        "append", "pwrite", "fallocate", "punch", "copy_file_range", "splice", "sendfile", "mmap", "truncate", "ftruncate",
        "O_TRUNC", "chown",
    ];

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void What_a_change_takes_away_is_what_tmpfs_takes(string mode)
    {
        Mount mount = Mount(mode);
        using var tmpfs = new TmpfsMount();
        Agent root = mount.NewAgent();
        (string Who, Agent Agent, int Owner)[] users =
        [
            ("root", root, 0),
            ("stranger", mount.NewAgent("nobody"), 0),
            ("member", mount.NewAgentInGroup(Group), 0),
            ("owner", mount.NewAgent("nobody"), NobodyId),
        ];

        foreach ((string who, Agent agent, int owner) in users)
        {
            foreach (string kind in s_kinds)
            {
                foreach (string change in s_changes)
                {
                    string expected = Change(root, agent, tmpfs["f"], kind, owner, change);
                    string actual = Change(root, agent, mount["f"], kind, owner, change);
                    Assert.Equal($"{who} {kind} {change}: {expected}", $"{who} {kind} {change}: {actual}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_changed_program_runs_as_who_starts_it(string mode)
    {
        Mount mount = Mount(mode);
        string[] changes = ["echo x >>{0}", "truncate -s +1 {0}", "fallocate -l 1M {0}", "dd if=/dev/zero of={0} bs=1 count=1 oflag=append conv=notrunc 2>&1"];
        for (int i = 0; i < changes.Length; i++)
        {
            string program = mount[$"id{i}"];
            Command.Shell($"cp /usr/bin/id {program}; chmod 6777 {program}").Succeeded();
            Assert.Equal("0 0", Ids(program)); // and so the kernel has the mode

            Command.ShellAs("nobody", string.Format(System.Globalization.CultureInfo.InvariantCulture, changes[i], program)).Succeeded();

            Assert.Equal($"{NobodyId} {NobodyId}", Ids(program));
        }

        static string Ids(string program)
            => Command.ShellAs("nobody", $"echo $({program} -u) $({program} -g)").Succeeded().Trim();
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_descriptor_that_was_passed_on_writes_and_takes_away(string mode)
    {
        Mount mount = Mount(mode);
        Command.Shell($"cp /usr/bin/id {mount["id"]}; chmod 4755 {mount["id"]}").Succeeded();

        Command.Shell($"su nobody -s /bin/sh -c 'echo x >&3' 3>>{mount["id"]}").Succeeded();

        Assert.Equal("755", Command.Run("stat", "-c", "%a", mount["id"]).Succeeded().Trim());
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void A_strangers_chown_to_nobody_takes_nothing_away_though_the_owner_is_writing(string mode)
    {
        Mount mount = Mount(mode);
        Agent root = mount.NewAgent();
        Agent nobody = mount.NewAgent("nobody");
        int file = root.Open(mount["f"]);
        foreach ((string bits, int answer) in (ReadOnlySpan<(string, int)>)[("6755", -EPERM), ("2745", -EPERM), ("755", 0)])
        {
            Assert.Equal("0", root.Say($"chmod {bits} {mount["f"]}"));

            Assert.Equal($"{answer}", nobody.Say($"chown -1 -1 {mount["f"]}"));

            Assert.Equal(bits, root.Say($"mode {mount["f"]}"));
        }

        root.Close(file);
    }

    // What the change answered, and the mode and the capability after it.
    private static string Change(Agent root, Agent agent, string path, string kind, int owner, string change)
    {
        File.Delete(path);
        File.WriteAllBytes(path, new byte[4 * Agent.PageSize]);
        bool capable = kind == "capability";
        Assert.Equal("0", root.Say($"chown {owner} {Group} {path}"));
        Assert.Equal("0", root.Say($"chmod {(capable ? "777" : kind)} {path}"));
        if (capable)
            Assert.Equal("0", root.Say($"setxattr {path} security.capability {Capability}"));
        _ = agent.Say($"mode {path}"); // the kernel has it

        string answer = Answer(agent, path, change);

        string left = capable ? (root.Say($"getxattr {path} security.capability").StartsWith('-') ? " gone" : " kept") : "";
        return $"{answer} {root.Say($"mode {path}")}{left}";
    }

    private static string Answer(Agent agent, string path, string change)
    {
        const int Page = Agent.PageSize;
        switch (change)
        {
            case "truncate":
                return agent.Say($"cut {Page} {path}");
            case "chown":
                return agent.Say($"chown -1 -1 {path}");
        }

        int file = agent.Open(path, Agent.O_RDWR | (change == "append" ? Agent.O_APPEND : change == "O_TRUNC" ? Agent.O_TRUNC : 0));
        int other = agent.Open("/proc/self/maps", Agent.O_RDONLY);
        string answer = change switch
        {
            "append" or "pwrite" => $"{agent.TryWrite(file, Page, Page, 0x11)}",
            "fallocate" => $"{agent.Allocate(file, 0, 0, 8)}",
            "punch" => $"{agent.Allocate(file, Agent.FALLOC_FL_PUNCH_HOLE | Agent.FALLOC_FL_KEEP_SIZE, 1, 1)}",
            "copy_file_range" => agent.Say($"copy {file} {file} {2 * Page} {Page}"),
            "splice" => agent.Say($"splice {file} 0 {Page}"),
            "sendfile" => agent.Say($"sendfile {other} {file} 100"),
            "mmap" => Store(agent, file),
            "ftruncate" => agent.Say($"truncate {file} {Page}"),
            _ => "",
        };
        agent.Close(other);
        agent.Close(file);
        return answer;
    }

    private static string Store(Agent agent, int file)
    {
        ulong map = agent.Map(file, 0, 1);
        agent.Poke(map, 1, 0x11);
        agent.Sync(map, 1);
        agent.Unmap(map, 1);
        return "";
    }
}
