using KernelModel.Mapping;
using KernelModel.Vrange;

namespace KernelModel.Tests.Mapping;

/// <summary>R8, R9: what one purge takes.</summary>
public sealed class PurgeTests
{
    private readonly TestFile _file = new();

    [Fact]
    public void A_purge_frees_memory_and_keeps_the_size()
    {
        // R9
        _file.Fill(0, 9);
        _file.Mark(2, 4);
        Assert.Equal(3, _file.Discard());
        Assert.Equal((10 * 4096L, 7L), (_file.Mapping.Stat().Size, _file.Mapping.Stat().Pages));
        Assert.Equal(7, _file.Storage.UsedPages);
        Assert.Equal(2 * 4096, _file.Mapping.SeekHole(0));
        Assert.Equal(5 * 4096, _file.Mapping.SeekData(2 * 4096));
        Assert.Equal("11...11111", _file.Pages(0, 9));
        Assert.Equal(1, _file.Purges);
    }

    [Fact]
    public void A_full_range_goes_whole_however_little_is_wanted()
    {
        _file.Fill(0, 99);
        _file.Mark(0, 99);
        Assert.Equal(100, _file.Discard(1));
    }

    [Theory]
    [InlineData(1, 32)]
    [InlineData(32, 32)]
    [InlineData(33, 64)]
    [InlineData(99, 100)]
    [InlineData(1000, 100)]
    [InlineData(long.MaxValue, 100)]
    public void A_partial_range_gives_from_its_start_what_is_wanted_rounded_up_to_32(long wanted, long freed)
    {
        _file.Fill(0, 99);
        _file.Mark(0, 99, VrangeBehavior.Partial);
        Assert.Equal(freed, _file.Discard(wanted));
        Assert.Equal(new string('.', (int)freed) + new string('1', 100 - (int)freed), _file.Pages(0, 99));
    }

    [Fact]
    public void A_partial_range_keeps_its_place_while_a_part_is_left()
    {
        _file.Fill(0, 149);
        _file.Mark(0, 69, VrangeBehavior.Partial);
        _file.Mark(100, 149);
        Assert.Equal(32, _file.Discard(1));
        Assert.Equal([0ul, 100ul], Order());
        Assert.Equal(32, _file.Discard(1));
        Assert.Equal([0ul, 100ul], Order());
        Assert.Equal(6, _file.Discard(6));
        Assert.Equal([100ul, 0ul], Order());
    }

    [Fact]
    public void When_a_partial_range_is_used_up_the_pass_goes_on_with_the_next()
    {
        _file.Fill(0, 149);
        _file.Mark(0, 39, VrangeBehavior.Partial);
        _file.Mark(100, 149);
        Assert.Equal(90, _file.Discard(41));
        Assert.Equal(60, _file.Mapping.Stat().Pages);
    }

    [Fact]
    public void Holes_do_not_count_for_the_part()
    {
        _file.Fill(50, 99);
        _file.Fill(200, 219);
        _file.Mark(0, 299, VrangeBehavior.Partial);
        Assert.Equal(64, _file.Discard(40));
        Assert.Equal(new string('1', 6), _file.Pages(214, 219));
        Assert.Equal(".", _file.Pages(213, 213));
    }

    [Fact]
    public void A_part_of_a_range_makes_the_whole_of_it_purged()
    {
        // R8 with the hard rule: the flag is of the range, the bytes are of the pages (R7).
        _file.Fill(0, 99);
        _file.Mark(0, 99, VrangeBehavior.Partial);
        _file.Discard(1);
        Assert.Equal(new VrangeLoss(true, 0), _file.Unmark(50, 99));
        Assert.Equal(new VrangeLoss(true, 32 * 4096), _file.Unmark(0, 49));
    }

    [Fact]
    public void The_oldest_mark_goes_first_over_all_files()
    {
        MappingDomain domain = new(new MemoryStorage(), new VrangeLru(), SigbusOnPurged: false);
        TestFile a = new(domain);
        TestFile b = new(domain);
        a.Fill(0, 9);
        b.Fill(0, 9);
        b.Mark(0, 9);
        a.Mark(0, 9);
        Assert.Equal(10, a.Discard(1));
        Assert.Equal(("1", "."), (a.Pages(0, 0), b.Pages(0, 0)));

        // Refilled, it is the youngest now.
        b.Fill(0, 9, version: 2);
        Assert.Equal(10, a.Discard(1));
        Assert.Equal((".", "2"), (a.Pages(0, 0), b.Pages(0, 0)));
    }

    [Fact]
    public void Counters_know_who_asked()
    {
        // R70
        _file.Fill(0, 9);
        _file.Mark(0, 4);
        _file.Mark(10, 14);
        Assert.Equal(5, _file.Lru.Discard(5, VrangeOwners.Files, wait: false));
        Assert.Equal((1L, 5L, 5L, 0L), Counters());
        _file.Fill(0, 4);
        Assert.Equal(5, _file.Lru.Discard(long.MaxValue, VrangeOwners.Files, wait: true));
        Assert.Equal((3L, 10L, 5L, 5L), Counters());
        Assert.Equal(5, _file.Lru.Unreported);
    }

    [Fact]
    public void Volatile_pages_are_those_with_data()
    {
        // R70
        _file.Fill(0, 4);
        _file.Mark(3, 9);
        _file.Mark(20, 29);
        Assert.Equal(2, _file.Mapping.CountVolatile());
        Assert.Equal(3, _file.Mapping.ResidentIn(0, 2));
        _file.Discard();
        Assert.Equal(0, _file.Mapping.CountVolatile());
    }

    [Fact]
    public void Reclaim_takes_the_volatile_pages_it_meets_and_no_others()
    {
        // R33
        _file.Fill(0, 19);
        _file.Mark(2, 5);
        _file.Mark(10, 15);
        Assert.Equal(4, _file.Mapping.PurgeWithin(4, 11));
        Assert.Equal("1111..1111..11111111", _file.Pages(0, 19));
        Assert.Equal("2-5p 10-15p", _file.Listing());
        Assert.Equal(0, _file.Mapping.PurgeWithin(16, ulong.MaxValue));
        Assert.Equal(new VrangeLoss(true, 4 * 4096), _file.Unmark(0, 19));
    }

    [Theory]
    [InlineData(0, "1111111111")]
    [InlineData(2, "11..111111")]
    public void What_the_store_will_not_punch_is_not_lost(int freed, string left)
    {
        _file.Fill(0, 9);
        _file.Mark(2, 5);
        _file.Storage.FailingPunch = (-Errno.EIO, freed);
        Assert.Equal(freed, _file.Discard());
        Assert.Equal(left, _file.Pages(0, 9));
        Assert.Equal(freed > 0 ? 1 : 0, _file.Purges);

        // R6: purged is said as soon as the range is a victim; R7: how much, as it is.
        Assert.Equal(new VrangeLoss(true, freed * 4096), _file.Unmark(0, 9));
    }

    [Fact]
    public void R9_where_nothing_was_freed_mtime_stays()
    {
        _file.Fill(0, 9);
        _file.Mark(4, 5);
        _file.Mark(20, 25);
        Assert.Equal(0, _file.Mapping.PurgeWithin(20, 25));
        Assert.Equal(0, _file.Purges);
        Assert.Equal(2, _file.Mapping.PurgeWithin(0, 25));
        Assert.Equal(1, _file.Purges);
    }

    [Fact]
    public void A_name_of_a_range_that_is_gone_purges_nothing()
    {
        _file.Fill(0, 9);
        _file.Mark(0, 4);
        VrangeRef stale = _file.Lru.Snapshot()[0].Range;
        _file.Unmark(0, 4);
        Assert.Equal(0, _file.Mapping.Purge(stale, new ScanControl { ToReclaim = 1 }));
        _file.Mark(5, 9);
        Assert.Equal(0, _file.Mapping.Purge(stale, new ScanControl { ToReclaim = 1 }));
        Assert.False(_file.Mapping.TryDescribe(stale, out _, out _));
        Assert.Equal("1111111111", _file.Pages(0, 9));
    }

    [Fact]
    public void A_range_is_described_as_it_is_now()
    {
        _file.Fill(0, 2);
        _file.Mark(0, 9);
        VrangeRef range = _file.Lru.Snapshot()[0].Range;
        Assert.True(_file.Mapping.TryDescribe(range, out VrangeEntry entry, out long resident));
        Assert.Equal((new VrangeEntry(0, 9, false), 3L), (entry, resident));
    }

    private ulong[] Order() => [.. _file.Lru.Snapshot().Select(item =>
    {
        Assert.True(_file.Mapping.TryDescribe(item.Range, out VrangeEntry entry, out _));
        return entry.First;
    })];

    private (long, long, long, long) Counters()
        => (_file.Lru.Scanned, _file.Lru.Discarded, _file.Lru.DiscardedDirect, _file.Lru.DiscardedBackground);

    [Fact]
    public void R8_a_range_that_cannot_be_punched_is_passed_over()
    {
        TestFile file = new();
        file.Fill(0, 99);
        file.Mark(0, 99, VrangeBehavior.Partial);
        file.Storage.FailingPunch = (-Errno.EIO, 0);
        Assert.Equal(0, file.Discard(1));
        Assert.Equal("0-99p", file.Listing());

        // Another pass takes it, from its start.
        file.Storage.FailingPunch = default;
        Assert.Equal(32, file.Discard(1));
        Assert.Equal(".1", file.Pages(31, 32));
    }
}
