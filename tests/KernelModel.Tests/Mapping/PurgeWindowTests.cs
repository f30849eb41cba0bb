using KernelModel.Mapping;
using KernelModel.Vrange;

namespace KernelModel.Tests.Mapping;

/// <summary>R12: a purge, write-back and an unmark meet.</summary>
public sealed class PurgeWindowTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly TestFile _file = new(pageCache: true);

    public PurgeWindowTests()
    {
        _file.Fill(0, 9);
        _file.Mark(2, 5);
    }

    [Theory]
    [InlineData(2, 2)]
    [InlineData(5, 5)]
    [InlineData(0, 9)]
    public void An_unmark_that_meets_a_running_purge_is_refused_and_changes_nothing(ulong first, ulong last)
    {
        _file.Discard();
        Assert.False(_file.Mapping.TryUnmark(first, last, report: true, out VrangeLoss loss));
        Assert.Equal(default, loss);
        Assert.False(_file.Mapping.TryUnmark(first, last, report: false, out _));
        Assert.Equal("2-5p", _file.Listing());

        _file.EndPurge();
        Assert.True(_file.Mapping.TryUnmark(first, last, report: true, out loss));
        Assert.True(loss.Purged);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(6, 9)]
    public void One_beside_it_is_not(ulong first, ulong last)
    {
        _file.Discard();
        Assert.True(_file.Mapping.TryUnmark(first, last, report: true, out _));
        _file.EndPurge();
    }

    [Fact]
    public async Task An_unmark_that_may_wait_waits_and_reports()
    {
        _file.Discard();
        Task<VrangeLoss> unmark = _file.Mapping.UnmarkAsync(2, 5);
        await StillWaits(unmark);
        Assert.Equal("2-5p", _file.Listing());

        // A dirty page that existed in the page cache only is lost while it waits.
        _file.Mapping.WriteBack(3 * 4096, TestFile.Content(3, 2));
        _file.EndPurge();

        Assert.Equal(new VrangeLoss(true, 4 * 4096), await unmark.WaitAsync(s_patience));
        Assert.Equal("11....1111", _file.Pages(0, 9));
    }

    [Fact]
    public async Task It_waits_for_every_purge_in_its_way()
    {
        _file.Discard();
        _file.Discard();
        Task<VrangeLoss> unmark = _file.Mapping.UnmarkAsync(0, 9);
        _file.EndPurge();
        await StillWaits(unmark);
        _file.EndPurge();
        Assert.True((await unmark.WaitAsync(s_patience)).Purged);
    }

    [Fact]
    public void Write_back_of_purged_pages_is_dropped_and_live_neighbours_are_kept()
    {
        _file.Discard();
        byte[] dirty = TestFile.Contents(0, 9, version: 2);
        Assert.Equal(dirty.Length, _file.Mapping.WriteBack(0, dirty));
        _file.EndPurge();
        Assert.Equal("22....2222", _file.Pages(0, 9));
        Assert.Equal(new VrangeLoss(true, 4 * 4096), _file.Unmark(0, 9));
    }

    [Fact]
    public void Bytes_of_a_page_go_the_way_of_the_page()
    {
        _file.Discard();
        byte[] dirty = [.. Enumerable.Repeat((byte)9, 4096)];
        Assert.Equal(4096, _file.Mapping.WriteBack(4096 + 100, dirty));
        _file.EndPurge();
        byte[] page = new byte[8192];
        _file.Mapping.Read(4096, page);
        Assert.Equal(-1, page.AsSpan(100, 3996).IndexOfAnyExcept((byte)9));
        Assert.Equal(-1, page.AsSpan(4096).IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void Each_of_two_purges_is_credited_its_own_pages_of_one_write_back()
    {
        _file.Unmark(0, 9);
        _file.Mapping.PunchHole(0, 10 * 4096);
        _file.Mark(2, 3);
        _file.Mark(4, 6);
        Assert.Equal(0, _file.Discard());
        _file.Mapping.WriteBack(0, TestFile.Contents(0, 9, version: 2));
        Assert.Equal([2L, 3L], _file.Windows.Select(window => window.Dropped));
        _file.Mapping.WriteBack(0, TestFile.Contents(0, 9, version: 3));
        Assert.Equal([2L, 3L], _file.Windows.Select(window => window.Dropped));
        _file.EndPurge();
        _file.EndPurge();
        Assert.Equal(new VrangeLoss(true, 5 * 4096), _file.Unmark(0, 9));
    }

    [Fact]
    public void Two_purges_beside_each_other_drop_both_their_pages()
    {
        _file.Mark(6, 7);
        _file.Discard();
        Assert.Equal(2, _file.Windows.Count);
        _file.Mapping.WriteBack(0, TestFile.Contents(0, 9, version: 2));
        _file.EndPurge();
        Assert.Equal("22......22", _file.Pages(0, 9));
        _file.Mapping.WriteBack(0, TestFile.Contents(0, 9, version: 3));
        _file.EndPurge();
        Assert.Equal("333333..33", _file.Pages(0, 9));
    }

    [Fact]
    public void Dirty_pages_that_no_store_had_are_lost_and_counted_as_the_others()
    {
        TestFile file = new(pageCache: true);
        Assert.Equal(0, file.Mapping.Truncate(10 * 4096));
        file.Mark(0, 9);
        Assert.Equal(0, file.Discard());
        Assert.Equal(3 * 4096, file.Mapping.WriteBack(4 * 4096, TestFile.Contents(4, 6, 1)));
        file.EndPurge();
        Assert.Equal(3, file.Lru.Unreported);
        Assert.Equal(3, file.Lru.Discarded);
        Assert.Equal(new VrangeLoss(true, 3 * 4096), file.Unmark(0, 9));
        Assert.Equal(0, file.Mapping.Stat().Pages);
    }

    [Fact]
    public void A_page_is_counted_as_freed_once_a_purge()
    {
        Assert.Equal(4, _file.Discard());
        _file.Mapping.WriteBack(2 * 4096, TestFile.Contents(2, 5, 2));
        _file.Mapping.WriteBack(2 * 4096, TestFile.Contents(2, 5, 3));
        _file.EndPurge();
        Assert.Equal(4, _file.Lru.Discarded);
        Assert.Equal(4, _file.Lru.Unreported);
    }

    [Fact]
    public void A_write_during_a_purge_is_new_data_and_stays()
    {
        _file.Discard();
        _file.Fill(3, 3, version: 2);
        _file.EndPurge();
        Assert.Equal("11.2..1111", _file.Pages(0, 9));
    }

    [Fact]
    public async Task A_purge_that_waits_returns_what_write_back_dropped_too()
    {
        TestFile file = new(pageCache: true);
        Assert.Equal(0, file.Mapping.Truncate(10 * 4096));
        file.Fill(0, 1);
        file.Mark(0, 9);
        Task<long> purge = Task.Run(() => file.Lru.Discard(long.MaxValue, VrangeOwners.All, wait: true));
        Assert.True(SpinWait.SpinUntil(() => file.Lru.Discarded == 2, s_patience));
        await StillWaits(purge);
        file.Mapping.WriteBack(0, TestFile.Contents(0, 4, 2));
        file.EndPurge();
        Assert.Equal(5, await purge.WaitAsync(s_patience));
        Assert.Equal((5L, 5L), (file.Lru.Discarded, file.Lru.DiscardedBackground));
    }

    [Fact]
    public void The_window_covers_the_purged_part_within_the_file()
    {
        TestFile file = new(pageCache: true);
        file.Fill(0, 99);
        file.Mark(0, 999, VrangeBehavior.Partial);
        file.Discard(1);
        PurgeWindow window = file.Windows.Dequeue();
        Assert.Equal((0ul, 31ul), (window.First, window.Last));
        file.Discard(long.MaxValue);
        Assert.Equal(99ul, file.Windows.Dequeue().Last);
        Assert.True(file.Mapping.TryUnmark(100, 999, report: true, out VrangeLoss loss));
        Assert.Equal(new VrangeLoss(true, 0), loss);
    }

    [Fact]
    public void Without_a_byte_there_is_nothing_to_wait_for()
    {
        TestFile file = new(pageCache: true);
        file.Mark(10, 19);
        file.Discard();
        Assert.Empty(file.Windows);
        Assert.True(file.Unmark(10, 19).Purged);
    }

    [Fact]
    public void Past_the_end_of_a_file_one_page_stands_for_what_the_host_shows_of_it()
    {
        // R9: st_blocks falls there too.
        _file.Unmark(0, 9);
        _file.Mark(10, 19);
        _file.Discard();
        Assert.Equal((10ul, 10ul), (_file.Windows.Peek().First, _file.Windows.Peek().Last));
        _file.EndPurge();
        Assert.True(_file.Unmark(10, 19).Purged);
    }

    private static async Task StillWaits(Task task)
        => await Assert.ThrowsAsync<TimeoutException>(() => task.WaitAsync(TimeSpan.FromMilliseconds(50)));
}
