using System.Globalization;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>Names of strangers that look like lines of the host's /proc, and names that look like nothing at all.</summary>
public sealed class ForgedTextTests : MountedTest
{
    private const int Page = Agent.PageSize;

    [Theory]
    [InlineData("^M")]
    [InlineData("^J")]
    public void A_mapped_files_name_is_no_line_of_maps(string newline)
    {
        Mount mount = Mount();
        Agent root = mount.NewAgent(), nobody = mount.NewAgent("nobody");
        int file = root.Open(mount["f"]);
        root.Write(file, 0, 4, 0x11);
        root.Mark(file, 0, 4);
        string own = Directory.CreateDirectory(Path.Combine(mount.Outside, "own")).FullName;
        Command.Shell($"chown nobody {own}").Succeeded();

        // As if it had mapped root's file.
        string ino = Command.Run("stat", "-c", "%i", mount["f"]).Succeeded().Trim();
        string line = string.Create(CultureInfo.InvariantCulture, $"10000-14000 rw-s 00000000 00:{mount.Connection:x2} {ino} x");
        int forged = nobody.Open($"{own}/x{newline}{line}");
        nobody.Truncate(forged, 1);
        _ = nobody.Map(forged, 0, 1);

        Assert.Equal(0, nobody.Tell(mount.Proc("self/reclaim"), "all"));
        Assert.Equal("", Command.ShellAs("nobody", $"cat {mount.Proc($"{nobody.Pid}/vrange")}").Succeeded());
        Assert.Equal(new Loss(0, 0), root.Unmark(file, 0, 4));
    }

    [Theory]
    [InlineData("x^MTgid:^Iz")]
    [InlineData("x^MUid:^I0^I0^I0^I0")]
    [InlineData("x^MCapEff:^I-")]
    [InlineData("x^JGroups:^Iz")]
    [InlineData("a) R 1 (b")]
    public void A_name_of_a_process_is_no_line_of_status(string name)
    {
        Mount mount = Mount();
        Agent nobody = mount.NewAgent("nobody"), other = mount.NewAgent("nobody");
        int file = nobody.Open(mount["own"]);
        nobody.Rename(name);

        Assert.Equal(0, nobody.Tell(mount.Proc("fvrange"), "/own 0 4096 volatile"));
        Assert.Equal(0, other.Tell(mount.Proc($"{nobody.Pid}/reclaim"), "all"));
        Assert.Contains($"{nobody.Pid}", Command.Run("ls", mount.Proc("")).Succeeded().Split('\n'));
        Assert.NotEqual(0, nobody.Tell(mount.Proc($"{Environment.ProcessId}/vrange"), "x"));
        nobody.Close(file);
    }

    [Fact]
    public void The_name_of_a_mounts_source_does_not_hide_processes()
    {
        Mount mount = Mount();
        Agent agent = mount.NewAgent();
        _ = agent.Open(mount["f"]);
        string directory = Directory.CreateDirectory(Path.Combine(mount.Outside, "other")).FullName;
        System.Diagnostics.Process stranger = mount.StartUser(
            "unshare", "-m", "sh", "-c", $"mount -t tmpfs \"$(printf 'a\\rb')\" {directory} && exec 3<{mount.Root} && echo ready && sleep 60");
        Assert.Equal("ready", stranger.StandardOutput.ReadLine());

        Result listed = Command.ShellAs("nobody", $"ls {mount.Proc("")}");
        Assert.Contains($"{agent.Pid}", listed.Succeeded().Split('\n'));
    }

    [Theory]
    [InlineData(@"a\rb")]
    [InlineData(@"a\nb")]
    [InlineData(@"\\012")]
    [InlineData(@"a\\b\\")]
    [InlineData(@" \t ")]
    [InlineData(@"a (deleted)")]
    [InlineData(@"\377\376")]
    [InlineData(@"1 2 volatile")]
    [InlineData(@"-n")]
    public void What_vranges_lists_is_the_path_of_that_file(string name)
    {
        // Bytes that are no text stay with the shell: names that printf makes.
        Mount mount = Mount();
        string script = $"""
            set -e
            name=$(printf -- '{name}x'); name="${"{name%x}"}"
            mkdir "{mount.Root}/d$name"
            exec 3<>"{mount.Root}/d$name/$name"
            setfattr -n user.vrange -v '8192 4096 volatile' "{mount.Root}/d$name/$name"
            line=$(cat {mount.Proc("vranges")}; echo x); line="${"{line%??}"}"
            for word in 1 2 3 4; do line="${"{line#* }"}"; done
            printf '%s 0 4096 volatile\n' "$line" >{mount.Proc("fvrange")}
            getfattr --only-values -n user.vrange "{mount.Root}/d$name/$name"
            """;
        Assert.Equal("0 4096 v\n8192 4096 v\n", Command.Shell(script).Succeeded());
    }
}
