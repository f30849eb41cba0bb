using KernelModel.Vrange;
using ProcFs.Nodes;

namespace ProcFs.Tests.Files;

/// <summary>proc/fvrange (R14, R15).</summary>
public sealed class FvrangeFileTests
{
    private const ulong Address = 0x7f0000000000;
    private readonly TestMount _mount = new();
    private readonly TestFile _file;
    private readonly TestFile _other;

    public FvrangeFileTests()
    {
        _file = _mount.AddFile("/ring", pages: 8);
        _other = _mount.AddFile("/other", pages: 8, uid: 9);
        _mount.Processes[50] =
        [
            new HostMapping(Address, Address + (4 * 4096), 2, _file),
            new HostMapping(Address + (4 * 4096), Address + (6 * 4096), 0, _other),
            new HostMapping(Address + (8 * 4096), Address + (9 * 4096), 0, _file),
        ];
    }

    [Fact]
    public void The_reply_is_taken_once_whatever_the_offset()
    {
        // R15
        ProcOpenFile open = _mount.Open("fvrange");
        Assert.Equal("", TestMount.Read(open));
        Assert.Equal(22, TestMount.Write(open, "/ring 0 8192 volatile\n"));
        Assert.Equal("0 0\n", TestMount.Read(open, offset: 22));
        Assert.Equal("", TestMount.Read(open));
        _mount.Lru.Discard(long.MaxValue, VrangeOwners.All, wait: false);
        TestMount.Write(open, "/ring 0 4096 nonvolatile");
        Assert.Equal("1", TestMount.Read(open, offset: 999, size: 1));
        Assert.Equal(" 4096\n", TestMount.Read(open, offset: 3));
    }

    [Fact]
    public void Every_open_file_has_its_own_reply_and_an_error_has_none()
    {
        ProcOpenFile a = _mount.Open("fvrange");
        ProcOpenFile b = _mount.Open("fvrange");
        TestMount.Write(a, "/ring 0 8192 volatile");
        Assert.Equal("", TestMount.Read(b));
        Assert.Equal(-Errno.EINVAL, TestMount.Write(a, "/ring 1 8192 volatile"));
        Assert.Equal("", TestMount.Read(a));
    }

    [Fact]
    public void Who_cannot_read_the_reply_clears_no_loss()
    {
        // R15
        TestMount.Write(_mount.Open("fvrange"), "/ring 0 8192 volatile");
        _mount.Lru.Discard(long.MaxValue, VrangeOwners.All, wait: false);
        TestMount.Write(_mount.Open("fvrange", canRead: false), "/ring 0 8192 nonvolatile");
        ProcOpenFile open = _mount.Open("fvrange");
        TestMount.Write(open, "/ring 0 8192 nonvolatile");
        Assert.Equal("1 8192\n", TestMount.Read(open));
    }

    [Theory]
    [InlineData("", Errno.EINVAL)]
    [InlineData("0 4096 volatile", Errno.EINVAL)]
    [InlineData("/none 1 0 volatile", Errno.ENOENT)]
    [InlineData("/ring 1 4096 volatile", Errno.EINVAL)]
    [InlineData("/ring 0 4095 volatile", Errno.EINVAL)]
    [InlineData("/ring 0 9223372036854775808 volatile", Errno.EINVAL)]
    public void Errors_come_in_the_order_of_the_rules(string line, int error)
        => Assert.Equal(-error, TestMount.Write(_mount.Open("fvrange"), line));

    [Fact]
    public void Without_write_permission_it_is_EACCES_and_without_a_holder_EBADF()
    {
        // R14
        Caller stranger = TestMount.Owner with { Uid = 8 };
        Assert.Equal(-Errno.EACCES, TestMount.Write(_mount.Open("fvrange", stranger), "/other 1 1 volatile"));
        _file.Mapping.Release();
        Assert.Equal(-Errno.EBADF, TestMount.Write(_mount.Open("fvrange"), "/ring 1 1 volatile"));
    }

    [Fact]
    public void An_address_marks_what_the_caller_has_mapped_there()
    {
        ProcOpenFile open = _mount.Open("fvrange");
        Assert.True(TestMount.Write(open, $"@{Address + 4096} {5 * 4096} volatile") > 0);
        Assert.Equal(("3-5v", "0-1v"), (Listing(_file), Listing(_other)));
        _mount.Lru.Discard(long.MaxValue, VrangeOwners.All, wait: false);
        TestMount.Write(open, $"@{Address} {6 * 4096} nonvolatile");
        Assert.Equal($"1 {5 * 4096}\n", TestMount.Read(open));
        Assert.Equal(("", ""), (Listing(_file), Listing(_other)));
    }

    [Theory]
    [InlineData(6, 1)]
    [InlineData(0, 7)]
    [InlineData(5, 4)]
    [InlineData(8, 2)]
    [InlineData(-1, 2)]
    public void A_hole_in_the_mappings_is_ENOMEM_and_changes_nothing(int page, int pages)
    {
        string line = $"@{Address + (ulong)(page * 4096L)} {pages * 4096} volatile";
        Assert.Equal(-Errno.ENOMEM, TestMount.Write(_mount.Open("fvrange"), line));
        Assert.Equal(0, _mount.Lru.Count);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "")]
    [InlineData(2, "0-0v 2-2v")]
    public void With_room_for_one_of_two_ranges_neither_is_made(long share, string made)
    {
        TestMount mount = new(rangeShare: share);
        TestFile file = mount.AddFile("/f", pages: 8, uid: 9);
        mount.Processes[50] =
        [
            new HostMapping(Address, Address + 4096, 0, file),
            new HostMapping(Address + 4096, Address + (2 * 4096), 2, file),
        ];
        int result = TestMount.Write(mount.Open("fvrange"), $"@{Address} 8192 volatile");

        Assert.Equal(made.Length == 0, result == -Errno.ENOMEM);
        Assert.Equal(made, Listing(file));
    }

    [Fact]
    public void All_mapped_files_must_be_writable_before_anything_changes()
    {
        Caller stranger = TestMount.Owner with { Uid = 9 };
        Assert.Equal(-Errno.EACCES, TestMount.Write(_mount.Open("fvrange", stranger), $"@{Address} {6 * 4096} volatile"));
        Assert.Equal(0, _mount.Lru.Count);
    }

    [Fact]
    public void A_caller_nobody_can_see_has_no_addresses()
        => Assert.Equal(
            -Errno.ESRCH,
            TestMount.Write(_mount.Open("fvrange"), $"@{Address} 4096 volatile", thread: 0));

    [Fact]
    public void The_address_is_the_writers_whoever_opened()
    {
        // R14
        _mount.Processes[51] = [new HostMapping(Address, Address + 4096, 7, _file)];
        Assert.True(TestMount.Write(_mount.Open("fvrange"), $"@{Address} 4096 volatile", thread: 51) > 0);
        Assert.Equal("7-7v", Listing(_file));
    }

    [Fact]
    public async Task An_unmark_in_the_way_of_a_purge_is_answered_when_that_has_ended()
    {
        // R12
        ProcOpenFile open = _mount.Open("fvrange");
        TestCall write = Unmark(open);
        Assert.Equal("2-5p", Listing(_file));
        EndPurges();
        Assert.Equal(UnmarkLine.Length, await write.Answer.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal($"1 {4 * 4096}\n", TestMount.Read(open));
        Assert.False(write.TryInterrupt());
    }

    [Fact]
    public async Task A_signal_ends_one_that_waits_and_the_loss_stays_to_be_told()
    {
        ProcOpenFile open = _mount.Open("fvrange");
        TestCall write = Unmark(open);
        Assert.True(write.TryInterrupt());
        Assert.Equal(-Errno.EINTR, await write.Answer);
        EndPurges();
        Assert.Equal("2-5p", Listing(_file));
        TestMount.Write(open, UnmarkLine);
        Assert.Equal($"1 {4 * 4096}\n", TestMount.Read(open));
    }

    [Fact]
    public async Task One_by_address_waits_for_the_purges_of_all_its_files_and_forgets_nothing_when_it_is_ended()
    {
        ProcOpenFile open = _mount.Open("fvrange");
        string line = $"@{Address} {6 * 4096} nonvolatile";
        _file.HoldsPurges = _other.HoldsPurges = true;
        TestMount.Write(open, $"@{Address} {6 * 4096} volatile");
        _mount.Lru.Discard(long.MaxValue, VrangeOwners.All, wait: false);
        var write = new TestCall(50);
        Assert.Equal(ProcOpenFile.Waits, open.Write(System.Text.Encoding.ASCII.GetBytes(line), write));

        // The first is taken back, the second is still being purged when the signal comes.
        _file.Mapping.EndPurge(_file.Purges[0]);
        Assert.True(SpinWait.SpinUntil(() => _mount.Lru.Count == 1, TimeSpan.FromSeconds(10)));
        Assert.True(write.TryInterrupt());
        _other.Mapping.EndPurge(_other.Purges[0]);

        Assert.Equal(line.Length, TestMount.Write(open, line));
        Assert.Equal($"1 {6 * 4096}\n", TestMount.Read(open));
        Assert.Equal(-Errno.EINTR, await write.Answer);
    }

    [Theory]
    [InlineData("/a b")]
    [InlineData("/a\\b")]
    [InlineData("/a\\012b")]
    [InlineData("/a\nb\r\tc")]
    [InlineData("/ ")]
    [InlineData("/a \t ")]
    [InlineData("/a (deleted)")]
    [InlineData("/a (deleted) (deleted)")]
    [InlineData("/a 0 4096 volatile")]
    [InlineData("/@4096")]
    [InlineData("/\u00e4\u2028")]
    public void What_vranges_lists_is_taken_for_that_file(string path)
    {
        // R14
        TestFile file = _mount.AddFile(path, pages: 1);
        file.Mapping.Mark(3, 3, VrangeBehavior.Full);
        string listed = _mount.Read("vranges").TrimEnd('\n').Split(' ', 5)[4];
        Assert.True(TestMount.Write(_mount.Open("fvrange"), $"{listed} 0 4096 volatile") > 0);
        Assert.Equal("0-0v 3-3v", Listing(file));
    }

    [Fact]
    public void A_file_without_a_name_is_not_taken_for_one_that_has_its_name()
    {
        TestFile gone = _mount.AddFile("/gone", pages: 1);
        gone.IsDeleted = true;
        gone.Mapping.Mark(0, 0, VrangeBehavior.Full);
        TestFile other = _mount.AddFile("/gone (deleted)", pages: 1);
        string listed = _mount.Read("vranges").TrimEnd('\n').Split(' ', 5)[4];
        Assert.Equal("/gone (deleted)", listed);
        Assert.Equal(-Errno.ENOENT, TestMount.Write(_mount.Open("fvrange"), $"{listed} 0 4096 volatile"));
        Assert.Equal("", Listing(other));
    }

    [Fact]
    public void Who_splices_is_sent_to_read()
    {
        // What the page cache took would be lost to the one it is for.
        ProcOpenFile open = _mount.Open("fvrange");
        TestMount.Write(open, "/ring 0 8192 volatile");
        Assert.Equal(-Errno.EINVAL, open.Read(0, new byte[10], forCache: true));
        Assert.Equal("0 0\n", TestMount.Read(open));
    }

    private const string UnmarkLine = "/ring 8192 16384 nonvolatile";

    // Four pages of the file, which a purge is taking.
    private TestCall Unmark(ProcOpenFile open)
    {
        _file.HoldsPurges = true;
        TestMount.Write(open, "/ring 8192 16384 volatile");
        _mount.Lru.Discard(long.MaxValue, VrangeOwners.All, wait: false);
        var write = new TestCall(50);
        Assert.Equal(ProcOpenFile.Waits, open.Write(System.Text.Encoding.ASCII.GetBytes(UnmarkLine), write));
        Assert.False(write.Answer.IsCompleted);
        return write;
    }

    private void EndPurges() => _file.Purges.ForEach(_file.Mapping.EndPurge);

    private static string Listing(TestFile file)
    {
        List<VrangeEntry> entries = [];
        file.Mapping.ListVranges(0, ulong.MaxValue, entries);
        return string.Join(' ', entries.Select(entry => $"{entry.First}-{entry.Last}{(entry.Purged ? 'p' : 'v')}"));
    }
}
