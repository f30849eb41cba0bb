using System.Text;
using KernelModel.Text;

namespace KernelModel.Tests.Text;

/// <summary>What a write to oom_score_adj (base by prefix) and to clear_refs (decimal) gave on Linux 6.18.</summary>
public sealed class KernelIntegerTests
{
    [Theory]
    [InlineData("17\n", 3, 17)]
    [InlineData(" \t17 \n", 6, 17)]
    [InlineData("+5", 2, 5)]
    [InlineData("-5", 2, -5)]
    [InlineData("0", 1, 0)]
    [InlineData("0x10", 4, 16)]
    [InlineData("0XfF", 4, 255)]
    [InlineData("010", 3, 8)]
    [InlineData("5\0junk", 6, 5)]
    [InlineData("\v5\f\r", 4, 5)]
    [InlineData("5\u00a0", 2, 5)]
    [InlineData("0000000000017", 12, 1)] // cut to what the buffer holds
    public void A_number(string text, int taken, int value)
    {
        ReadOnlySpan<byte> bytes = Encoding.Latin1.GetBytes(text);
        Assert.Equal((0, value), (KernelInteger.Parse(ref bytes, radix: 0, out int number), number));
        Assert.Equal(taken, bytes.Length);
    }

    [Theory]
    [InlineData("", 0u, Errno.EINVAL)]
    [InlineData("\n", 0u, Errno.EINVAL)]
    [InlineData("\0", 0u, Errno.EINVAL)]
    [InlineData("-", 0u, Errno.EINVAL)]
    [InlineData("5x", 0u, Errno.EINVAL)]
    [InlineData("08", 0u, Errno.EINVAL)]
    [InlineData("0x", 0u, Errno.EINVAL)]
    [InlineData("0xg", 0u, Errno.EINVAL)]
    [InlineData("- 5", 0u, Errno.EINVAL)]
    [InlineData("+-5", 0u, Errno.EINVAL)]
    [InlineData("1\n2\n", 10u, Errno.EINVAL)]
    [InlineData("0x1", 10u, Errno.EINVAL)]
    [InlineData("a", 10u, Errno.EINVAL)]
    [InlineData("2147483648", 0u, Errno.ERANGE)]
    [InlineData("-2147483649", 0u, Errno.ERANGE)]
    [InlineData("12345678901234", 0u, Errno.ERANGE)]
    [InlineData("0xffffffffff", 0u, Errno.ERANGE)]
    public void Something_else(string text, uint radix, int error)
    {
        ReadOnlySpan<byte> bytes = Encoding.Latin1.GetBytes(text);
        Assert.Equal(-error, KernelInteger.Parse(ref bytes, radix, out _));
    }

    [Theory]
    [InlineData("08", 8)]
    [InlineData("2147483647", int.MaxValue)]
    [InlineData("-2147483648", int.MinValue)]
    public void Decimal_is_decimal(string text, int value)
    {
        ReadOnlySpan<byte> bytes = Encoding.Latin1.GetBytes(text);
        Assert.Equal((0, value), (KernelInteger.Parse(ref bytes, radix: 10, out int number), number));
    }
}
