using System.Diagnostics;
using KernelModel.Vrange;

namespace KernelModel.Tests.Vrange;

/// <summary>R40 to R42.</summary>
public sealed class ListTests
{
    private readonly RangeOwner _file = new(new VrangeLru());

    [Fact]
    public void A_listing_is_clipped_to_what_was_asked()
    {
        _file.Mark(10, 19);
        _file.Mark(30, 39);
        Assert.Equal("15-19v 30-35v", _file.Listing(15, 35));
        Assert.Equal("15-15v", _file.Listing(15, 15));
        Assert.Equal("", _file.Listing(20, 29));
    }

    [Fact]
    public void Where_covers_overlap_it_splits_at_every_border_and_purged_wins()
    {
        // R41: a tombstone over 5-24 and 35-36, ranges over 10-19 and 30-39.
        _file.Mark(5, 24);
        _file.Mark(35, 36);
        _file.PurgeAt(5);
        _file.PurgeAt(35);
        _file.Root.Retire();
        _file.Mark(10, 19);
        _file.Mark(30, 39);
        Assert.Equal("5-9p 10-19p 20-24p 30-34v 35-36p 37-39v", _file.Listing());
    }

    [Fact]
    public void A_listing_reaches_the_last_page_there_is()
    {
        _file.Mark(ulong.MaxValue - 9, ulong.MaxValue);
        _file.PurgeAt(ulong.MaxValue);
        _file.Root.Unmark(ulong.MaxValue - 3, ulong.MaxValue, report: false);
        Assert.Equal($"{ulong.MaxValue - 9}-{ulong.MaxValue - 4}p {ulong.MaxValue - 3}-{ulong.MaxValue}p", _file.Listing());
    }

    [Fact]
    public void The_first_range_at_or_after_a_page_is_found()
    {
        _file.Mark(10, 19);
        _file.Mark(30, 39);
        _file.PurgeAt(30);
        Assert.True(_file.Root.TryFindAtOrAfter(19, out VrangeEntry range));
        Assert.Equal(new VrangeEntry(10, 19, false), range);
        Assert.True(_file.Root.TryFindAtOrAfter(20, out range));
        Assert.Equal(new VrangeEntry(30, 39, true), range);
        Assert.False(_file.Root.TryFindAtOrAfter(40, out _));
    }

    [Fact]
    public void A_million_ranges_are_listed_in_linear_time()
    {
        // R42
        const ulong Ranges = 1_000_000;
        for (ulong i = 0; i < Ranges; i++)
            _file.Mark(i * 2, i * 2);
        List<VrangeEntry> entries = new((int)Ranges);
        long start = Stopwatch.GetTimestamp();
        _file.Root.List(0, ulong.MaxValue, entries);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);

        Assert.Equal((int)Ranges, entries.Count);
        Assert.Equal(new VrangeEntry((Ranges - 1) * 2, (Ranges - 1) * 2, false), entries[^1]);
        // Quadratic would be minutes.
        Assert.InRange(elapsed.TotalSeconds, 0, 10);
        Assert.Equal((int)Ranges, _file.Lru.Count);
        _file.Root.Dispose();
        Assert.Equal(0, _file.Lru.Count);
    }
}
