using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using KernelModel.Text;

namespace KernelModel.Tests.Text;

/// <summary>R30: decimal or 0x hex, with K, M or G.</summary>
public sealed class NumberTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("00", 0)]
    [InlineData("007", 7)]
    [InlineData("4096", 4096)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    [InlineData("0x0", 0)]
    [InlineData("0xff", 255)]
    [InlineData("0XfF", 255)]
    [InlineData("0xffffffffffffffff", ulong.MaxValue)]
    [InlineData("1k", 1024)]
    [InlineData("1K", 1024)]
    [InlineData("3m", 3 << 20)]
    [InlineData("3M", 3 << 20)]
    [InlineData("2g", 2UL << 30)]
    [InlineData("2G", 2UL << 30)]
    [InlineData("0x10k", 16384)]
    [InlineData("0k", 0)]
    [InlineData("17179869183g", 17179869183UL << 30)]
    public void Is_a_number(string text, ulong expected)
    {
        Assert.True(NumberText.TryParse<byte>(Encoding.ASCII.GetBytes(text), out ulong number));
        Assert.Equal(expected, number);
    }

    [Theory]
    [InlineData("")]
    [InlineData("k")]
    [InlineData("0x")]
    [InlineData("0xk")]
    [InlineData("x1")]
    [InlineData("ff")]
    [InlineData("1kk")]
    [InlineData("1t")]
    [InlineData("k1")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1.5")]
    [InlineData("0xg")]
    [InlineData("0x-1")]
    [InlineData("1\0")]
    [InlineData("18446744073709551616")]
    [InlineData("99999999999999999999")]
    [InlineData("0x10000000000000000")]
    [InlineData("18014398509481984k")]
    [InlineData("17179869184g")]
    public void Is_none(string text) => Assert.False(NumberText.TryParse<byte>(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void Every_number_is_read_as_it_was_written()
        => Prop.ForAll(
            Arb.From(Gen.Choose(int.MinValue, int.MaxValue).Two().Select(pair => ((ulong)(uint)pair.Item1 << 32) | (uint)pair.Item2)),
            number => Reads(number.ToString(CultureInfo.InvariantCulture), number)
                && Reads(string.Create(CultureInfo.InvariantCulture, $"0x{number:x}"), number)
                && Reads(string.Create(CultureInfo.InvariantCulture, $"{number >> 10}K"), number >> 10 << 10)).QuickCheckThrowOnFailure();

    private static bool Reads(string text, ulong expected)
        => NumberText.TryParse<byte>(Encoding.ASCII.GetBytes(text), out ulong number) && number == expected;
}
