using KernelModel.Vrange;

namespace ProcFs.Tests.Files;

/// <summary>proc/vranges and PID/vrange (R16, R40, R41).</summary>
public sealed class ListingTests
{
    private readonly TestMount _mount = new();
    private readonly TestFile _file;
    private readonly TestFile _other;

    public ListingTests()
    {
        _file = _mount.AddFile("/a b\nc", pages: 8);
        _other = _mount.AddFile("/other", pages: 2, uid: 9);
        _other.Mapping.Mark(0, 3, VrangeBehavior.Full);
        _file.Mapping.Mark(2, 5, VrangeBehavior.Full);
    }

    [Fact]
    public void Vranges_lists_the_lru_with_inclusive_ends_and_resident_pages()
        => Assert.Equal("3 00000000-00003fff v 2 /other\n2 00002000-00005fff v 4 /a b\\012c\n", _mount.Read("vranges"));

    [Fact]
    public void A_purged_range_is_p_and_tombstones_come_last()
    {
        _mount.Lru.Discard(1, VrangeOwners.All, wait: false);
        _other.Mapping.TryUnmark(1, 3, report: false, out _);
        Assert.Equal(
            "2 00002000-00005fff v 4 /a b\\012c\n3 00000000-00000fff p 0 /other\n3 00001000-00003fff p 0 /other\n",
            _mount.Read("vranges"));
    }

    [Fact]
    public void Who_does_not_own_the_mount_sees_his_own_files()
    {
        // R16
        Assert.Equal("3 00000000-00003fff v 2 /other\n", _mount.Read("vranges", TestMount.Owner with { Uid = 9 }));
        Assert.Equal("", _mount.Read("vranges", TestMount.Owner with { Uid = 8 }));
    }

    [Fact]
    public void A_process_sees_its_mappings_clipped_and_translated()
    {
        // R40, R41: pages 3 and 4 are mapped at 0x10000, the whole other file far up.
        _mount.Processes[7] =
        [
            new HostMapping(0x10000, 0x12000, 3, _file),
            new HostMapping(0x7f0000000000, 0x7f0000008000, 0, _other),
        ];
        Assert.Equal(
            "00010000-00011fff v /a b\\012c\n7f0000000000-7f0000003fff v /other\n", _mount.Read("7/vrange"));

        _mount.Lru.Discard(1, VrangeOwners.All, wait: false);
        _other.Mapping.TryUnmark(1, 3, report: false, out _);
        _other.Mapping.Mark(2, 3, VrangeBehavior.Full);
        Assert.Equal(
            "00010000-00011fff v /a b\\012c\n7f0000000000-7f0000000fff p /other\n"
            + "7f0000001000-7f0000001fff p /other\n7f0000002000-7f0000003fff p /other\n",
            _mount.Read("7/vrange"));
    }

    [Fact]
    public void Another_users_process_is_EACCES_at_open_and_one_that_is_gone_ESRCH()
    {
        // R40
        _mount.Processes[7] = [new HostMapping(0x10000, 0x12000, 3, _file)];
        Nodes.ProcNodeAssert.OpenFails(_mount, "7/vrange", TestMount.Owner with { Uid = 9 }, -Errno.EACCES);
        ProcFs.Nodes.ProcOpenFile open = _mount.Open("7/vrange");
        _mount.Processes.Remove(7);
        Assert.Equal(-Errno.ESRCH, open.Read(0, new byte[10], forCache: false));
    }

    [Fact]
    public void A_process_without_ranges_has_an_empty_listing()
    {
        _mount.Processes[7] = [new HostMapping(0x10000, 0x12000, 6, _file)];
        Assert.Equal("", _mount.Read("7/vrange"));
    }
}
