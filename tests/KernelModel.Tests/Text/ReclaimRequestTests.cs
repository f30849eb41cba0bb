using System.Text;
using KernelModel.Mm;
using KernelModel.Reclaim;

namespace KernelModel.Tests.Text;

/// <summary>R30, R31.</summary>
public sealed class ReclaimRequestTests
{
    [Theory]
    [InlineData("file", true, false)]
    [InlineData("anon", false, true)]
    [InlineData("all", true, true)]
    [InlineData("all\n", true, true)]
    [InlineData("  \tfile \t\n", true, false)]
    public void A_word_says_which_areas(string text, bool file, bool anonymous)
    {
        Assert.Equal(0, Parse(text, out ReclaimRequest request));
        Assert.Equal(new ReclaimRequest(file, anonymous, 0, MmStruct.TaskSize), request);
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
        Assert.Equal(0, Parse(text, out ReclaimRequest request));
        Assert.Equal(new ReclaimRequest(true, true, start, end), request);
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
    [InlineData("file\r")]
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

    private static int Parse(string text, out ReclaimRequest request) => ReclaimRequest.Parse(Encoding.ASCII.GetBytes(text), out request);
}
