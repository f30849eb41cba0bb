using System.Text;
using KernelModel.Vrange;
using ProcFs.Parsing;

namespace ProcFs.Tests.Parsing;

/// <summary>R14: a line is read from the right.</summary>
public sealed class FvrangeLineTests
{
    [Theory]
    [InlineData("/ring 0 8192 volatile", "/ring", 0, 8192, VrangeMode.Volatile, VrangeBehavior.Full)]
    [InlineData("/ring 0 8192 nonvolatile\n", "/ring", 0, 8192, VrangeMode.NonVolatile, VrangeBehavior.Full)]
    [InlineData("/ring 0 8192 volatile full", "/ring", 0, 8192, VrangeMode.Volatile, VrangeBehavior.Full)]
    [InlineData("/ring 0 8192 volatile partial", "/ring", 0, 8192, VrangeMode.Volatile, VrangeBehavior.Partial)]
    [InlineData("/ring 0x1000 8K volatile", "/ring", 4096, 8192, VrangeMode.Volatile, VrangeBehavior.Full)]
    [InlineData("  /ring\t0   8192\tvolatile  \n\n", "/ring", 0, 8192, VrangeMode.Volatile, VrangeBehavior.Full)]
    [InlineData("/a b  c 0 1 volatile", "/a b  c", 0, 1, VrangeMode.Volatile, VrangeBehavior.Full)]
    [InlineData("/1 2 3 4 volatile", "/1 2", 3, 4, VrangeMode.Volatile, VrangeBehavior.Full)]
    [InlineData("/volatile partial 3 4 volatile", "/volatile partial", 3, 4, VrangeMode.Volatile, VrangeBehavior.Full)]
    [InlineData("0 8192 volatile", "", 0, 8192, VrangeMode.Volatile, VrangeBehavior.Full)]
    [InlineData("a@1 0 8192 volatile", "a@1", 0, 8192, VrangeMode.Volatile, VrangeBehavior.Full)]
    public void Path_numbers_mode_and_behavior(
        string text, string path, ulong offset, ulong length, VrangeMode mode, VrangeBehavior behavior)
    {
        Assert.True(FvrangeLine.TryParse(Encoding.UTF8.GetBytes(text), out FvrangeLine line));
        Assert.Equal(path, Encoding.UTF8.GetString(line.Path));
        Assert.False(line.IsAddress);
        Assert.Equal((offset, length, mode, behavior), (line.Offset, line.Length, line.Mode, line.Behavior));
    }

    [Theory]
    [InlineData("@4096 8192 volatile", 4096)]
    [InlineData("@0x7f0000000000 8K nonvolatile partial", 0x7f0000000000)]
    public void An_address_stands_for_path_and_offset(string text, ulong address)
    {
        Assert.True(FvrangeLine.TryParse(Encoding.UTF8.GetBytes(text), out FvrangeLine line));
        Assert.True(line.IsAddress && line.Path.IsEmpty);
        Assert.Equal((address, 8192ul), (line.Offset, line.Length));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("volatile")]
    [InlineData("partial")]
    [InlineData("8192 volatile")]
    [InlineData("/ring 0 8192")]
    [InlineData("/ring 0 8192 Volatile")]
    [InlineData("/ring 0 8192 volatile both")]
    [InlineData("/ring 0 8192 partial volatile")]
    [InlineData("/ring 0 8192 volatile full partial")]
    [InlineData("/ring x 8192 volatile")]
    [InlineData("/ring 0 -1 volatile")]
    [InlineData("/ring 0 99999999999999999999 volatile")]
    [InlineData("/ri\nng 0 8192 volatile")]
    [InlineData("/ri\0ng 0 8192 volatile")]
    [InlineData("/a 0 1 volatile\n/b 0 1 volatile")]
    [InlineData("@ 8192 volatile")]
    [InlineData("@x 8192 volatile")]
    [InlineData("/ring @0 8192 volatile")]
    public void Anything_else_is_malformed(string text) => Assert.False(FvrangeLine.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("/plain", "/plain")]
    [InlineData("/a\\012b", "/a\nb")]
    [InlineData("\\040x\\040", " x ")]
    [InlineData("\\134012", "\\012")]
    [InlineData("\\377", "\u00ff")]
    [InlineData("\\012\\011", "\n\t")]
    [InlineData("\\400", "\\400")]
    [InlineData("\\08", "\\08")]
    [InlineData("\\0", "\\0")]
    [InlineData("\\", "\\")]
    [InlineData("a\\", "a\\")]
    public void Escapes_are_three_octal_digits(string path, string expected)
        => Assert.Equal(Encoding.Latin1.GetBytes(expected), FvrangeLine.Unescape(Encoding.Latin1.GetBytes(path)));
}
