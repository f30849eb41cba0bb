using System.Text;

namespace ProcFs.Tests;

public sealed class ProcTextTests
{
    [Theory]
    [InlineData(0, 8, "00000000")]
    [InlineData(0xabc, 8, "00000abc")]
    [InlineData(0x7f12345678abul, 8, "7f12345678ab")]
    [InlineData(ulong.MaxValue, 8, "ffffffffffffffff")]
    [InlineData(0x1, 1, "1")]
    public void Hex_is_padded_to_a_least_width(ulong number, int width, string expected)
        => Assert.Equal(expected, Text(text => text.AddHex(number, width)));

    [Fact]
    public void A_path_has_only_its_newlines_escaped()
    {
        // fs/seq_file.c: mangle_path, as show_map_vma uses it
        byte[] path = [.. "/a b\\c\td\n"u8, 0xff, .. "\n"u8];
        TestMount mount = new();
        ProcText text = new();
        text.AddMapsPath(mount.AddFile(path, 0));
        Assert.Equal([.. "/a b\\c\td\\012"u8, 0xff, .. "\\012"u8], text.Written.ToArray());
    }

    [Fact]
    public void Numbers_and_text_follow_each_other()
        => Assert.Equal(
            "a -5 9223372036854775807 7\n",
            Text(text => text.Add("a ").Add(-5).Add(" ").Add(long.MaxValue).Add($" {7}").EndLine()));

    [Fact]
    public void Formatted_text_is_aligned_as_printf_does()
        => Assert.Equal(
            "[    7][7    ][123456][  ab][ab  ][00ff][  ff][-1][x][]",
            Text(text => text.Add($"[{7,5}][{7,-5}][{123456,5}][{"ab",4}][{"ab",-4}][{255:x4}][{255,4:x}][{-1}][{'x'}][{(string?)null}]")));

    [Fact]
    public void Text_is_padded_to_a_column_and_never_cut()
        => Assert.Equal("ab  c.", Text(text => text.Add("ab").PadTo(4).Add("c").PadTo(3).Add(".")));

    [Fact]
    public void A_name_has_its_newlines_escaped()
        => Assert.Equal("\\012a\\012\\012b é", Text(text => text.AddMapsPath("\na\n\nb é")));

    private static string Text(Action<ProcText> render)
    {
        ProcText text = new();
        render(text);
        return Encoding.UTF8.GetString(text.Written.Span);
    }
}
