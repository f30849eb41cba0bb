using KernelModel.Mapping;
using KernelModel.Vrange;

namespace KernelModel.Tests.Mapping;

/// <summary>R11: how long a mark lives, and what stays of it.</summary>
public sealed class MarkLifeTests
{
    private readonly TestFile _file = new();
    private readonly MemoryStorage _storage = new();

    [Fact]
    public void Marks_die_with_the_last_holder_and_not_before()
    {
        _file.Mapping.Hold();
        _file.Fill(0, 3);
        _file.Mark(0, 3);
        _file.Mapping.Release();
        Assert.Equal("0-3v", _file.Listing());
        Assert.True(_file.Mapping.IsHeld);
        _file.Mapping.Release();
        Assert.Equal("", _file.Listing());
        Assert.False(_file.Mapping.IsHeld);
        Assert.Equal(0, _file.Discard());
        Assert.Equal("1111", _file.Pages(0, 3));
    }

    [Fact]
    public void A_loss_outlives_its_range_as_a_tombstone()
    {
        Lose();
        _file.Mapping.Release();
        Assert.Equal("0-3p", _file.Listing());
        Assert.Equal(0, _file.Lru.Count);
        List<VrangeEntry> tombstones = [];
        _file.Mapping.ListTombstones(tombstones);
        Assert.Equal([new VrangeEntry(0, 3, true)], tombstones);

        _file.Mapping.Hold();
        Assert.Equal(new VrangeLoss(true, 4 * 4096), _file.Unmark(0, 9));
        Assert.Equal("", _file.Listing());
    }

    [Fact]
    public void A_truncate_to_zero_ends_tombstones_and_a_shorter_one_does_not()
    {
        Lose();
        _file.Mapping.Release();
        Assert.Equal(0, _file.Mapping.Truncate(4096));
        Assert.Equal("0-3p", _file.Listing());
        Assert.Equal(0, _file.Mapping.Truncate(0));
        Assert.Equal("", _file.Listing());
        Assert.Equal(0, _file.Lru.Unreported);
        Assert.Equal(default, _file.Unmark(0, 9));
    }

    [Fact]
    public void A_truncate_to_zero_keeps_the_losses_of_ranges_that_lie_over_a_tombstone()
    {
        // R6, R7, R11: the range was purged itself, and only an unmark may clear that.
        Lose();
        _file.Mapping.TryUnmark(0, 3, report: false, out _);
        _file.Fill(0, 3, version: 2);
        _file.Mark(2, 3);
        _file.Discard();
        Assert.Equal(0, _file.Mapping.Truncate(0));
        Assert.Equal("2-3p", _file.Listing());
        Assert.Equal(2, _file.Lru.Unreported);
        Assert.Equal(new VrangeLoss(true, 2 * 4096), _file.Unmark(0, 3));
    }

    [Fact]
    public void Tombstones_go_with_the_inode()
    {
        Lose();
        _file.Mapping.Release();
        _file.Mapping.Dispose();
        Assert.Equal("", _file.Listing());
        Assert.Equal(0, _file.Lru.Unreported);
        Assert.Empty(_file.Lru.Owners());
        Assert.Equal(0, _file.Storage.UsedPages);
    }

    [Fact]
    public void While_a_purge_runs_the_last_close_waits_with_the_marks_until_its_end()
    {
        _file.HasPageCache = true;
        Lose();
        _file.Mapping.Release();
        Assert.Equal(1, _file.Lru.Count);

        // What the running purge still drops belongs to the loss.
        _file.Mapping.WriteBack(0, TestFile.Contents(0, 3, 2));
        _file.EndPurge();

        Assert.Equal(0, _file.Lru.Count);
        Assert.Equal("0-3p", _file.Listing());
        Assert.Equal("....", _file.Pages(0, 3));
        Assert.Equal(new VrangeLoss(true, 4 * 4096), _file.Unmark(0, 3));
    }

    [Fact]
    public void A_file_that_goes_away_while_a_purge_runs_is_no_trouble()
    {
        _file.HasPageCache = true;
        Lose();
        _file.Mapping.Release();
        _file.Mapping.Dispose();
        _file.EndPurge();
        Assert.Equal((0, 0L), (_file.Lru.Count, _file.Lru.Unreported));
    }

    [Fact]
    public void Where_nobody_counts_mappings_the_store_is_asked_by_whoever_looks()
    {
        TestFile file = MappedAndClosed();
        Assert.True(file.Mapping.IsInUse);
        Assert.False(file.Mapping.IsHeld);
        Assert.Equal("0-3v", file.Listing());
        Assert.Equal(4, file.Discard());

        _storage.HasOtherUsers = false;
        Assert.Equal("0-3p", file.Listing());
        Assert.Equal(0, file.Lru.Count);
        Assert.False(file.Mapping.IsInUse);
    }

    [Fact]
    public void What_nobody_has_any_more_is_not_purged()
    {
        TestFile file = MappedAndClosed();
        _storage.HasOtherUsers = false;
        Assert.Equal(0, file.Discard());
        Assert.Equal(new VrangeLoss(false, 0), file.Unmark(0, 3));
        Assert.Equal(0, file.Lru.Count);
    }

    [Fact]
    public void Whoever_opens_the_file_in_time_keeps_them()
    {
        TestFile file = MappedAndClosed();
        Assert.Equal(0, file.Mapping.Hold(out IBackingStore? store));
        Assert.NotNull(store);
        _storage.HasOtherUsers = false;
        Assert.Equal("0-3v", file.Listing());
    }

    [Fact]
    public void Whoever_opens_it_too_late_does_not()
    {
        TestFile file = MappedAndClosed();
        _storage.HasOtherUsers = false;
        Assert.Equal(0, file.Mapping.Hold());
        Assert.Equal("", file.Listing());
    }

    [Fact]
    public void A_file_that_lost_its_last_mark_and_has_no_loss_costs_nothing()
    {
        _file.Mark(0, 3);
        Assert.Single(_file.Lru.Owners());
        _file.Unmark(0, 3);
        _file.Mapping.Release();
        Assert.Empty(_file.Lru.Owners());
    }

    private TestFile MappedAndClosed()
    {
        _storage.HasOtherUsers = true;
        TestFile file = new(new MappingDomain(_storage, new VrangeLru(), false));
        file.Fill(0, 3);
        file.Mark(0, 3);
        file.Mapping.Release();
        return file;
    }

    private void Lose()
    {
        _file.Fill(0, 3);
        _file.Mark(0, 3);
        Assert.Equal(4, _file.Discard());
    }
}
