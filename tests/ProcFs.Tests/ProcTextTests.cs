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

    private static string Text(Action<ProcText> render)
    {
        ProcText text = new();
        render(text);
        return Encoding.UTF8.GetString(text.Written.Span);
    }
}
