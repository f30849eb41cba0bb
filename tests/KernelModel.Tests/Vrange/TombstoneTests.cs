using KernelModel.Vrange;

namespace KernelModel.Tests.Vrange;

/// <summary>R11.</summary>
public sealed class TombstoneTests
{
    private readonly RangeOwner _file = new(new VrangeLru());

    public TombstoneTests()
    {
        _file.Mark(0, 9);
        _file.Mark(20, 29);
        _file.Mark(40, 49);
        _file.PurgeAt(20);
        _file.Root.Retire();
    }

    [Fact]
    public void A_purged_range_that_dies_is_listed_but_neither_volatile_nor_in_the_lru()
    {
        Assert.Equal("20-29p", _file.Listing());
        Assert.False(_file.Root.IsVolatile(0, ulong.MaxValue));
        Assert.Equal(0, _file.Lru.Count);
        Assert.Equal(0, _file.Root.Count);
        Assert.False(_file.Root.IsEmpty);
    }

    [Fact]
    public void The_next_unmark_over_it_reports_it_once()
    {
        Assert.True(_file.Root.Unmark(0, 20, report: true));
        Assert.False(_file.Root.Unmark(0, 20, report: true));
        Assert.Equal("21-29p", _file.Listing());
    }

    [Fact]
    public void A_new_mark_over_it_neither_clears_nor_inherits_it()
    {
        _file.Mark(25, 35);
        Assert.Equal("20-24p 25-29p 30-35v", _file.Listing());
        Assert.Equal("25-35v", _file.Order());

        Assert.False(_file.Root.Unmark(30, 35, report: true));
        Assert.True(_file.Root.Unmark(25, 29, report: true));
        Assert.Equal("20-24p", _file.Listing());
    }

    [Fact]
    public void They_can_be_forgotten_without_the_ranges()
    {
        _file.Mark(60, 69);
        _file.PurgeAt(60);
        _file.Root.ForgetTombstones();
        Assert.Equal("60-69p", _file.Listing());
    }

    [Fact]
    public void They_are_listed_alone_too()
    {
        _file.Mark(60, 69);
        _file.PurgeAt(60);
        List<VrangeEntry> tombstones = [];
        _file.Root.ListTombstones(tombstones);
        Assert.Equal([new VrangeEntry(20, 29, true)], tombstones);
    }

    [Fact]
    public void Dispose_gives_ranges_and_tombstones_up()
    {
        _file.Mark(60, 69);
        _file.Root.Dispose();
        Assert.True(_file.Root.IsEmpty);
        Assert.Equal(0, _file.Lru.Count);
        Assert.Empty(_file.Lru.Owners());
    }
}
