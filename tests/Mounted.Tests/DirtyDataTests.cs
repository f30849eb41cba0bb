using System.Globalization;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>What is stored through a mapping is there for everybody at once, also where the host's page cache alone has it.</summary>
public sealed class DirtyDataTests : MountedTest
{
    private const int SEEK_SET = 0;

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void What_a_mapping_has_stored_is_found_and_copied(string mode)
    {
        Mount mount = Mount(mode);
        Agent agent = mount.NewAgent();
        int file = agent.Open(mount["f"]);
        agent.Truncate(file, 64);
        ulong map = agent.Map(file, 0, 64);
        agent.Poke(map + (8 * Agent.PageSize), 8, 0x11);

        Assert.Equal(8 * Agent.PageSize, agent.Seek(file, 0, Agent.SEEK_DATA));
        Assert.Equal(16 * Agent.PageSize, agent.Seek(file, 8, Agent.SEEK_HOLE));

        agent.Poke(map + (32 * Agent.PageSize), 4, 0x22);
        string copies = Command.Shell(
            $"cd {mount.Root} && cp f cp && cp --sparse=always f sparse && tar -Scf tar f && mkdir out && tar -C out -xf tar && cat f >cat && " +
            "for i in cp sparse out/f cat; do cmp f $i && echo same; done").Succeeded();
        Assert.Equal("same\nsame\nsame\nsame\n", copies);

        agent.Poke(map + (48 * Agent.PageSize), 4, 0x33);
        int copy = agent.Open(mount["copy"]);
        Assert.Equal(0, agent.Seek(file, 0, SEEK_SET));
        Assert.Equal($"{256 * 1024}", agent.Say(string.Create(CultureInfo.InvariantCulture, $"copy {file} {copy} 0 {256 * 1024}")));
        Assert.Equal("112233", agent.Scan(copy, 8, 1) + agent.Scan(copy, 32, 1) + agent.Scan(copy, 48, 1));
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void An_open_never_meets_the_question_who_else_has_the_file_open(string mode)
    {
        const int Turns = 10_000;
        Mount mount = Mount(mode);
        File.WriteAllText(mount["f"], "x");
        System.Diagnostics.Process asker = mount.StartUser(
            Prerequisites.Program("perl", "perl-base"), "-e",
            "$| = 1; print \"x\"; while (stat($ARGV[0])) { sysopen(my $f, $ARGV[0], 2); close($f); stat($ARGV[0]) }", mount["f"]);
        Assert.Equal('x', (char)asker.StandardOutput.Read());

        Result opener = Command.Run(
            Prerequisites.Program("perl", "perl-base"), "-e",
            $"for (1..{Turns}) {{ sysopen(my $f, $ARGV[0], 04000) or die \"turn $_: $!\"; close($f); stat($ARGV[0]) }}", mount["f"]);

        Assert.Equal("", opener.Errors);
    }
}
