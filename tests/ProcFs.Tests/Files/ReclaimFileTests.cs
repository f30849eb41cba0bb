using KernelModel.Vrange;
using ProcFs.Nodes;

namespace ProcFs.Tests.Files;

/// <summary>PID/reclaim of a host process (R30 to R34).</summary>
public sealed class ReclaimFileTests
{
    private readonly TestMount _mount = new();
    private readonly TestFile _file;
    private readonly ProcOpenFile _open;

    public ReclaimFileTests()
    {
        _file = _mount.AddFile("/f", pages: 8);
        _mount.Processes[7] = [new HostMapping(0x10000, 0x14000, 2, _file, MayPurge: true), new HostMapping(0x20000, 0x22000, 0, _file, MayPurge: true)];
        _open = _mount.Open("7/reclaim");
    }

    [Theory]
    [InlineData("file\n", "2-5 0-1")]
    [InlineData("all", "2-5 0-1")]
    [InlineData("anon", "")]
    [InlineData("0x10000 0x4000", "2-5")]
    [InlineData("0x11000 4096", "3-3")]
    [InlineData("0x11000 1", "3-3")]
    [InlineData("0x13000 0xe000", "5-5 0-0")]
    [InlineData("0x10000 0", "")]
    [InlineData("0x15000 0x1000", "")]
    [InlineData("0 0xfffffffffffff000", "2-5 0-1")]
    public void What_is_mapped_leaves_the_page_cache(string command, string pages)
    {
        // R31, R32, R34
        Assert.Equal(command.Length, TestMount.Write(_open, command));
        Assert.Equal(pages, string.Join(' ', _mount.Dropped.Select(drop => $"{drop.First}-{drop.Last}")));
    }

    [Fact]
    public void Volatile_pages_are_purged()
    {
        // R33
        _file.Mapping.Mark(3, 7, VrangeBehavior.Full);
        TestMount.Write(_open, "0x11000 0x1000");
        Assert.Equal(7, _mount.Storage.UsedPages);
        TestMount.Write(_open, "all");
        Assert.Equal(5, _mount.Storage.UsedPages);
        Assert.Equal(new VrangeLoss(true, 3 * 4096), Unmark());
    }

    [Fact]
    public void Those_that_the_process_could_not_write_stay()
    {
        // R33a
        _mount.Processes[7] = [new HostMapping(0x10000, 0x14000, 2, _file)];
        _file.Mapping.Mark(0, 7, VrangeBehavior.Full);
        Assert.Equal(3, TestMount.Write(_open, "all"));
        Assert.Equal(8, _mount.Storage.UsedPages);
        Assert.Equal([(_file.Ino, 2ul, 5ul)], _mount.Dropped);
        Assert.Equal(new VrangeLoss(false, 0), Unmark());
    }

    private VrangeLoss Unmark()
    {
        Assert.True(_file.Mapping.TryUnmark(0, 7, report: true, out VrangeLoss loss));
        return loss;
    }

    [Fact]
    public void Parse_errors_come_before_ESRCH()
    {
        // R30
        _mount.Processes.Remove(7);
        Assert.Equal(-Errno.EINVAL, TestMount.Write(_open, "everything"));
        Assert.Equal(-Errno.ESRCH, TestMount.Write(_open, "all"));
    }

    [Fact]
    public void A_process_without_mappings_succeeds_and_reading_is_EINVAL()
    {
        // R30, R34
        _mount.Processes[7] = [];
        Assert.Equal(3, TestMount.Write(_open, "all"));
        Assert.Equal(-Errno.EINVAL, _open.Read(0, new byte[10], forCache: false));
    }
}
