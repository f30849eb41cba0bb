using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>Extended attributes and birth times, as programs of the host see them.</summary>
public sealed class ExtendedAttributeTests : MountedTest
{
    private static readonly string s_setfattr = Prerequisites.Program("setfattr", "attr");

    [Theory]
    [MemberData(nameof(Modes.Zero), MemberType = typeof(Modes))]
    public void A_user_fills_his_share_of_inodes_with_them_and_no_more(string mode)
    {
        Mount mount = Mount($"{mode},nr_inodes=200");

        // The fourth value of 60 KiB is over the 200 KiB that 200 inodes have.
        Result result = Command.ShellAs(
            "nobody",
            $"cd {mount.Root} && touch f && value=0x$(head -c 61440 /dev/zero | od -An -v -tx1 | tr -d ' \\n') && "
            + $"for i in 1 2 3 4; do {s_setfattr} -n user.$i -v \"$value\" f || echo full; done");

        Assert.Equal("full", result.Output.Trim());
        Assert.Contains("No space left", result.Errors, StringComparison.Ordinal);
        Assert.Equal("200 17", Command.Run("stat", "-f", "-c", "%c %d", mount.Root).Succeeded().Trim());
        File.WriteAllText(mount["other"], "others go on");

        File.Delete(mount["f"]);
        Wait.Until(() => Command.Run("stat", "-f", "-c", "%d", mount.Root).Succeeded().Trim() == "198", "the inodes of a removed file");
    }

    [Theory]
    [MemberData(nameof(Modes.Zero), MemberType = typeof(Modes))]
    public void A_name_space_alone_is_an_invalid_name(string mode)
    {
        (Mount mount, _, _) = MountWithFile(mode);

        foreach (string command in (string[])["setfattr -n user. -v 1", "setfattr -x user.", "getfattr -n user."])
            Assert.Contains("Invalid argument", Command.Shell($"{command} {mount["f"]}").Errors, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Modes.Zero), MemberType = typeof(Modes))]
    public void A_look_at_proc_takes_birth_times_from_nobody(string mode)
    {
        (Mount mount, _, _) = MountWithFile(mode);
        const string Unknown = "0";

        Assert.NotEqual(Unknown, BirthOf(mount.Root));
        Assert.Equal(Unknown, BirthOf(mount.Proc("meminfo")));
        Assert.Equal(Unknown, BirthOf(mount.Proc("sys")));

        Assert.NotEqual(Unknown, BirthOf(mount["f"]));
    }

    private static string BirthOf(string path) => Command.Run("stat", "-c", "%W", path).Succeeded().Trim();
}
