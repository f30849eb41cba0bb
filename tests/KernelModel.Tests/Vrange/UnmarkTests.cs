using KernelModel.Vrange;

namespace KernelModel.Tests.Vrange;

/// <summary>R5, R15.</summary>
public sealed class UnmarkTests
{
    private readonly RangeOwner _file = new(new VrangeLru());

    [Theory]
    [InlineData(0, 9, "10-19p")]
    [InlineData(20, 29, "10-19p")]
    [InlineData(0, 10, "11-19p")]
    [InlineData(0, 18, "19-19p")]
    [InlineData(19, 29, "10-18p")]
    [InlineData(11, 29, "10-10p")]
    [InlineData(10, 19, "")]
    [InlineData(0, 29, "")]
    [InlineData(15, 15, "10-14p 16-19p")]
    [InlineData(11, 18, "10-10p 19-19p")]
    public void Ranges_are_cut_at_exact_pages_and_remnants_stay_purged(ulong first, ulong last, string left)
    {
        _file.Mark(10, 19);
        _file.PurgeAt(10);

        bool purged = _file.Root.Unmark(first, last, report: true);

        Assert.Equal(left, _file.Listing());
        Assert.Equal(left != "10-19p", purged);
    }

    [Theory]
    [InlineData(0, 4)]
    [InlineData(40, 50)]
    public void Taking_back_what_is_not_marked_reports_nothing(ulong first, ulong last)
    {
        _file.Mark(10, 19);
        _file.PurgeAt(10);
        Assert.False(_file.Root.Unmark(first, last, report: true));
    }

    [Fact]
    public void A_range_that_was_not_purged_reports_nothing()
    {
        _file.Mark(10, 19);
        Assert.False(_file.Root.Unmark(0, 29, report: true));
    }

    [Fact]
    public void One_purged_range_among_others_is_enough()
    {
        _file.Mark(0, 9);
        _file.Mark(10, 19);
        _file.Mark(20, 29);
        _file.PurgeAt(10);
        Assert.True(_file.Root.Unmark(0, 29, report: true));
        Assert.True(_file.Root.IsEmpty);
        Assert.Equal(0, _file.Lru.Count);
    }

    [Fact]
    public void Remnants_keep_their_place_and_their_behavior()
    {
        _file.Mark(10, 19, VrangeBehavior.Partial);
        _file.Mark(30, 39);
        _file.Mark(50, 59);

        _file.Root.Unmark(14, 15, report: true);
        Assert.Equal("10-13v/partial 16-19v/partial 30-39v 50-59v", _file.Order());

        _file.Root.Unmark(35, 55, report: true);
        Assert.Equal("10-13v/partial 16-19v/partial 30-34v 56-59v", _file.Order());
    }

    [Fact]
    public void A_loss_that_cannot_be_handed_back_stays_until_somebody_can_take_it()
    {
        // R15
        _file.Mark(10, 19);
        _file.PurgeAt(10);

        _file.Root.Unmark(12, 14, report: false);
        Assert.Equal("10-11p 12-14p 15-19p", _file.Listing());
        Assert.False(_file.Root.IsVolatile(12, 14));

        Assert.True(_file.Root.Unmark(14, 14, report: true));
        Assert.False(_file.Root.Unmark(14, 14, report: true));
        Assert.Equal("10-11p 12-13p 15-19p", _file.Listing());
    }

    [Fact]
    public void Taking_back_unreported_twice_loses_nothing()
    {
        // R15
        _file.Mark(0, 9);
        _file.PurgeAt(0);
        _file.Root.Unmark(0, 9, report: false);
        _file.Root.Unmark(0, 9, report: false);
        Assert.True(_file.Root.Unmark(9, 9, report: true));
    }

    [Fact]
    public void Only_the_purged_of_several_ranges_leave_a_tombstone()
    {
        _file.Mark(0, 9);
        _file.Mark(10, 19);
        _file.PurgeAt(10);
        _file.Root.Unmark(5, 14, report: false);
        Assert.Equal("0-4v 10-14p 15-19p", _file.Listing());
    }
}
