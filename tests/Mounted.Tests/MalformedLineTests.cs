using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>What is not a command is EINVAL and does nothing, in every file of proc that can be written.</summary>
public sealed class MalformedLineTests(ErrorTableMount table) : IClassFixture<ErrorTableMount>
{
    private const int EINVAL = 22;
    private const int EIO = 5;

    [Theory]
    [InlineData("^J")]
    [InlineData("/file")]
    [InlineData("volatile")]
    [InlineData("/file 0 4096")]
    [InlineData("/file 4096 volatile")]
    [InlineData("0 4096 volatile")]
    [InlineData("/file 0 4096 Volatile")]
    [InlineData("/file 0 4096 volatile full partial")]
    [InlineData("/file 0 4096 partial")]
    [InlineData("/file 0 4096 1")]
    [InlineData("/file x 4096 volatile")]
    [InlineData("/file 0 x volatile")]
    [InlineData("/file -4096 4096 volatile")]
    [InlineData("/file 0 -4096 volatile")]
    [InlineData("/file +0 4096 volatile")]
    [InlineData("/file 0x 4096 volatile")]
    [InlineData("/file 0 4096Q volatile")]
    [InlineData("/file 0 0x1000000000000000000 volatile")]
    [InlineData("/file 0 99999999999999999999 volatile")]
    [InlineData("/file 0 18446744073709551615G volatile")]
    [InlineData("/file 0 4096 volatile^J/file 4096 4096 volatile")]
    [InlineData("/file 0 4096 vola^@tile")]
    [InlineData("/fi^@le 0 4096 volatile")]
    [InlineData("@ 4096 volatile")]
    [InlineData("@here 4096 volatile")]
    public void Not_a_line_of_fvrange(string line) => Refused("fvrange", line);

    [Theory]
    [InlineData("^J")]
    [InlineData("x")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1.5")]
    [InlineData("1x")]
    [InlineData("0x")]
    [InlineData("1 2")]
    [InlineData("ALL")]
    [InlineData("all all")]
    [InlineData("1^J2")]
    [InlineData("99999999999999999999")]
    [InlineData("al^@l")]
    public void Not_a_command_of_discard_vranges(string line) => Refused("sys/vm/discard_vranges", line);

    [Theory]
    [InlineData("^J")]
    [InlineData("FILE")]
    [InlineData("files")]
    [InlineData("file anon")]
    [InlineData("0")]
    [InlineData("4097 4096")]
    [InlineData("+4096 1")]
    [InlineData("-4096 1")]
    [InlineData("4096 -1")]
    [InlineData("4096 1 1")]
    [InlineData("4096 18446744073709551615")]
    [InlineData("18446744073709547520 8192")]
    [InlineData("0x 1")]
    [InlineData("file^@")]
    public void Not_a_command_of_reclaim(string line) => Refused($"{table.Root.Pid}/reclaim", line);

    [Theory]
    [InlineData(199, 0)]
    [InlineData(200, -EINVAL)]
    public void A_command_of_reclaim_has_199_bytes_at_most(int length, int expected)
        => Assert.Equal(expected, table.Root.Tell(table.Mount.Proc($"{table.Root.Pid}/reclaim"), "anon".PadRight(length)));

    [Theory]
    [InlineData("")]
    [InlineData("0 4096")]
    [InlineData("0 4096 maybe")]
    [InlineData("/file 0 4096 volatile")]
    [InlineData("@0 4096 volatile")]
    [InlineData("0 4096 volatile 1")]
    [InlineData("0 4K volatile volatile")]
    public void Not_a_value_of_the_xattr(string value)
    {
        string before = State();
        Assert.Equal(-EINVAL, table.Root.SetVrange(table.Mount["file"], value));
        Assert.Equal(before, State());
    }

    [Theory]
    [InlineData("vranges")]
    [InlineData("meminfo")]
    [InlineData("vmstat")]
    public void A_file_without_commands_takes_none(string name)
        => Assert.Equal(-EIO, table.Root.Tell(table.Mount.Proc(name), "1"));

    [Fact]
    public void Reading_reclaim_is_EINVAL()
    {
        int file = table.Root.Open(table.Mount.Proc($"{table.Root.Pid}/reclaim"), Agent.O_RDONLY); // root may
        Assert.Equal(-EINVAL, table.Root.TryRead(file, 0, 100));
        table.Root.Close(file);
    }

    private void Refused(string file, string line)
    {
        string before = State();
        Assert.Equal(-EINVAL, table.Root.Tell(table.Mount.Proc(file), line));
        Assert.Equal(before, State());
    }

    // Ranges, and the counters of what was looked at and discarded.
    private string State()
        => table.Mount.Ranges() + string.Join('\n', File.ReadLines(table.Mount.Proc("vmstat")).Where(static line => line.Contains("vrange", StringComparison.Ordinal)));
}
