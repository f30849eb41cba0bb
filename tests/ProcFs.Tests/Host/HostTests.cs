using System.Text;
using ProcFs.Nodes;

namespace ProcFs.Tests.Host;

/// <summary>What the host's /proc has and this one shows.</summary>
public sealed class HostTests
{
    private readonly TestMount _mount = new();

    public HostTests()
    {
        _mount.Processes[7] = [];
        _mount.Host.AddProcess(7);
        _mount.Host.Entries["loadavg"] = (0x8124, "0.00 0.01\n");
        _mount.Host.Entries["sys/kernel/pid_max"] = (0x81A4, "32768\n");
        _mount.Host.Entries["sysrq-trigger"] = (0x8080, "");
    }

    [Fact]
    public void A_process_has_what_the_host_has_of_it()
        => Assert.Equal(
            ["comm", "exe", "fd", "maps", "net", "reclaim", "task", "vrange"],
            Names("7").Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("7/comm", "task7\n", 0x81A4u)]        // runtimes open it for writing
    [InlineData("7/task/7/comm", "task7\n", 0x81A4u)]
    [InlineData("7/net/dev", "lo", 0x8124u)]
    [InlineData("loadavg", "0.00 0.01\n", 0x8124u)]
    [InlineData("sys/kernel/pid_max", "32768\n", 0x8124u)] // 0644 there: here it is read only
    public void A_file_shows_the_host_s_text(string path, string text, uint mode)
    {
        Assert.Equal(text, _mount.Read(path));
        Assert.Equal(mode, _mount.Node(path)!.Mode);
    }

    [Theory]
    [InlineData("7/comm", Errno.EINVAL)]
    [InlineData("7/maps", Errno.EINVAL)]
    [InlineData("loadavg", Errno.EIO)]
    public void A_write_is_refused_as_the_kernel_refuses_it(string path, int error)
        => Assert.Equal(-error, TestMount.Write(_mount.Open(path), "x"));

    [Fact]
    public void What_only_takes_commands_shows_no_permission()
        => Assert.Equal(0x8000u, _mount.Node("sysrq-trigger")!.Mode);

    [Theory]
    [InlineData("7/clear_refs")]
    [InlineData("7/nothing")]
    [InlineData("7/net")]
    [InlineData("..")]
    [InlineData("sys/..")]
    [InlineData("nothing")]
    [InlineData("99998/comm")]
    public void What_is_not_shown_has_no_name(string path)
    {
        _mount.Host.Entries["7/clear_refs"] = (0x8080, "");
        _mount.Host.Entries[".."] = _mount.Host.Entries["sys/.."] = (0x416D, "");
        _mount.Host.Entries.Remove("7/net/dev");
        Assert.Null(_mount.Node(path));
    }

    [Fact]
    public void The_kernel_decides_with_the_rights_of_who_opens()
    {
        Caller stranger = TestMount.Owner with { Uid = 1000, Capabilities = 0 };
        _mount.Open("7/maps", stranger);
        Assert.Same(stranger, _mount.Host.LastReader);
        _mount.Host.Error = -Errno.EACCES;
        Nodes.ProcNodeAssert.OpenFails(_mount, "7/maps", stranger, -Errno.EACCES);
    }

    [Fact]
    public void Who_opens_to_write_alone_opens_nothing_of_the_host()
    {
        ProcOpenFile open = _mount.Open("7/comm", canRead: false);
        Assert.Equal(0, _mount.Host.Opened);
        Assert.Equal(-Errno.EBADF, open.Read(0, new byte[10], forCache: false));
        open.Release();
    }

    [Fact]
    public void A_release_closes_the_host_s_file()
    {
        ProcOpenFile open = _mount.Open("7/maps");
        Assert.Equal(1, _mount.Host.Opened);
        open.Release();
        Assert.Equal(0, _mount.Host.Opened);
    }

    [Fact]
    public void The_length_is_more_than_what_was_read_until_the_end_is_seen()
    {
        ProcOpenFile open = _mount.Open("7/maps");
        int length = 0;
        while (TestMount.Read(open, length, 1000) is { Length: > 0 } part)
        {
            length += part.Length;
            Assert.Equal(part.Length == 1000 ? length + 1 : length, open.TextLength);
        }

        Assert.Equal(_mount.Host.Entries["7/maps"].Text.Length, length);
    }

    [Fact]
    public void Descriptors_and_threads_are_listed_by_number()
    {
        Assert.Equal(["0", "12"], Names("7/fd"));
        Assert.Equal(["7"], Names("7/task"));
        Assert.Null(_mount.Node("7/fd/1"));
        Assert.Null(_mount.Node("7/fd/00"));
        Assert.Null(_mount.Node("7/task/8"));
        ProcSymlink link = Assert.IsAssignableFrom<ProcSymlink>(_mount.Node("7/fd/12"));
        Assert.True(link.IsMagic);
        Assert.Equal(0, link.Read(TestMount.Owner, out byte[] target));
        Assert.Equal("pipe:[7]", Encoding.UTF8.GetString(target));
    }

    [Fact]
    public void A_process_cannot_add_names()
    {
        _mount.Host.Entries["7/net/veth666"] = (0x8124, "");
        _mount.Host.Entries["7/ns/mine"] = (0x8124, "");
        Assert.Null(_mount.Node("7/net/veth666"));
        Assert.Null(_mount.Node("7/ns/mine"));
    }

    private string[] Names(string path)
        => [.. ((ProcDirectory)_mount.Node(path)!).List(0, TestMount.Owner).Select(static entry => Encoding.UTF8.GetString(entry.Node.Name))];
}
