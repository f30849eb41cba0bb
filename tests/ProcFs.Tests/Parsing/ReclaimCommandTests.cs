using System.Text;
using ProcFs.Parsing;

namespace ProcFs.Tests.Parsing;

/// <summary>R30, R31.</summary>
public sealed class ReclaimCommandTests
{
    [Theory]
    [InlineData("file", ReclaimKind.File)]
    [InlineData("anon", ReclaimKind.Anon)]
    [InlineData("all", ReclaimKind.All)]
    [InlineData("all\n", ReclaimKind.All)]
    [InlineData("  \tfile \t\n", ReclaimKind.File)]
    public void A_word_says_which_areas(string text, ReclaimKind kind)
    {
        Assert.Equal(0, Parse(text, out ReclaimCommand command));
        Assert.Equal(new ReclaimCommand(kind, 0, ulong.MaxValue), command);
    }

    [Theory]
    [InlineData("4096 4096", 4096, 8192)]
    [InlineData("4096 1", 4096, 8192)]
    [InlineData("4096 4097", 4096, 12288)]
    [InlineData("0x1000 0x1000", 4096, 8192)]
    [InlineData("4K 1M", 4096, 4096 + (1 << 20))]
    [InlineData(" 4096\t  8192 \n", 4096, 12288)]
    [InlineData("4096 0", 4096, 4096)]
    [InlineData("0 0", 0, 0)]
    [InlineData("0 18446744073709547520", 0, ulong.MaxValue - 4095)]
    [InlineData("18446744073709547520 0", ulong.MaxValue - 4095, ulong.MaxValue - 4095)]
    public void Two_numbers_are_addresses_and_the_length_is_rounded_up(string text, ulong start, ulong end)
    {
        Assert.Equal(0, Parse(text, out ReclaimCommand command));
        Assert.Equal(new ReclaimCommand(ReclaimKind.Range, start, end), command);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("  ")]
    [InlineData("ANON")]
    [InlineData("files")]
    [InlineData("file anon")]
    [InlineData("file 4096")]
    [InlineData("4096")]
    [InlineData("4096 ")]
    [InlineData("4096 4096 4096")]
    [InlineData("4096 4096 junk")]
    [InlineData("4097 4096")]
    [InlineData("1 1")]
    [InlineData("+4096 1")]
    [InlineData("-4096 1")]
    [InlineData("4096 -1")]
    [InlineData("4096-8192")]
    [InlineData("file\0")]
    [InlineData("0 18446744073709551615")]
    [InlineData("0 18446744073709547521")]
    [InlineData("18446744073709547520 4096")]
    [InlineData("18446744073709547520 1")]
    [InlineData("18446744073709551616 4096")]
    public void Anything_else_is_EINVAL(string text) => Assert.Equal(-Errno.EINVAL, Parse(text, out _));

    [Fact]
    public void So_is_more_than_199_bytes_whatever_they_are()
    {
        Assert.Equal(0, Parse("all" + new string(' ', 196), out _));
        Assert.Equal(-Errno.EINVAL, Parse("all" + new string(' ', 197), out _));
        Assert.Equal(-Errno.EINVAL, Parse(new string(' ', 1 << 16) + "all", out _));
    }

    private static int Parse(string text, out ReclaimCommand command) => ReclaimCommand.Parse(Encoding.ASCII.GetBytes(text), out command);
}
