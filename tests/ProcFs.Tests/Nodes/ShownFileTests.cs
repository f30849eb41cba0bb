using ProcFs.Nodes;

namespace ProcFs.Tests.Nodes;

/// <summary>As seq_file: rendered at offset 0, served from that snapshot after it.</summary>
public sealed class ShownFileTests
{
    private readonly Counter _file = new();
    private readonly ProcOpenFile _open;

    public ShownFileTests()
    {
        Assert.Equal(0, _file.Open(TestMount.Owner, canRead: true, out ProcOpenFile? open));
        _open = open!;
    }

    [Fact]
    public void Later_offsets_come_from_the_text_that_was_rendered_at_0()
    {
        Assert.Equal("text", TestMount.Read(_open, 0, size: 4));
        Assert.Equal(" 1", TestMount.Read(_open, 4, size: 2));
        Assert.Equal("\n", TestMount.Read(_open, 6, size: 100));
        Assert.Equal("", TestMount.Read(_open, 7));
        Assert.Equal("", TestMount.Read(_open, 1L << 40));
        Assert.Equal("ext 1\n", TestMount.Read(_open, 1));
        Assert.Equal(1, _file.Rendered);
    }

    [Fact]
    public void Offset_0_renders_again()
    {
        Assert.Equal("text 1\n", TestMount.Read(_open));
        Assert.Equal("text 2\n", TestMount.Read(_open));
        Assert.Equal("2\n", TestMount.Read(_open, 5));
    }

    [Fact]
    public void A_first_read_elsewhere_renders_too()
    {
        Assert.Equal("1\n", TestMount.Read(_open, 5));
        Assert.Equal(1, _file.Rendered);
    }

    [Fact]
    public void Every_open_file_has_its_own_text()
    {
        _file.Open(TestMount.Owner, canRead: true, out ProcOpenFile? second);
        Assert.Equal("text 1\n", TestMount.Read(_open));
        Assert.Equal("text 2\n", TestMount.Read(second!));
        Assert.Equal("1\n", TestMount.Read(_open, 5));
    }

    [Fact]
    public void What_cannot_be_rendered_is_an_errno_and_the_old_text_is_not_shown()
    {
        TestMount.Read(_open);
        _file.Error = -Errno.ESRCH;
        Assert.Equal(-Errno.ESRCH, _open.Read(0, new byte[10], forCache: false));
    }

    private sealed class Counter() : ProcFile(99, "counter", 0)
    {
        public int Rendered { get; private set; }

        public int Error { get; set; }

        protected override int Show(ProcText text, Caller opener)
        {
            text.Add($"text {++Rendered}\n");
            return Error;
        }
    }
}
