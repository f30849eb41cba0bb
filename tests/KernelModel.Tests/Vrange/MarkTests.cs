using KernelModel.Vrange;

namespace KernelModel.Tests.Vrange;

/// <summary>R4.</summary>
public sealed class MarkTests
{
    private readonly RangeOwner _file = new(new VrangeLru());

    [Theory]
    [InlineData(10, 19)]
    [InlineData(10, 10)]
    [InlineData(19, 19)]
    [InlineData(12, 15)]
    public void A_mark_inside_a_range_changes_nothing(ulong first, ulong last)
    {
        _file.Mark(10, 19, VrangeBehavior.Partial);
        _file.PurgeAt(10);
        _file.Mark(30, 39);
        string before = _file.Order();

        _file.Mark(first, last, VrangeBehavior.Full);

        Assert.Equal("10-19p/partial 30-39v", before);
        Assert.Equal(before, _file.Order());
        Assert.Equal("10-19p 30-39v", _file.Listing());
    }

    [Theory]
    [InlineData(5, 10, "5-19p")]
    [InlineData(19, 25, "10-25p")]
    [InlineData(5, 25, "5-25p")]
    [InlineData(9, 20, "9-20p")]
    public void A_mark_over_a_part_of_a_range_makes_the_union_the_youngest(ulong first, ulong last, string union)
    {
        _file.Mark(10, 19);
        _file.PurgeAt(10);
        _file.Mark(30, 39);

        _file.Mark(first, last, VrangeBehavior.Partial);

        Assert.Equal($"30-39v {union}/partial", _file.Order());
    }

    [Fact]
    public void A_union_is_purged_if_one_of_many_was()
    {
        _file.Mark(0, 1);
        _file.Mark(10, 11);
        _file.Mark(20, 21);
        _file.PurgeAt(10);

        _file.Mark(1, 20);

        Assert.Equal("0-21p", _file.Listing());
        Assert.Equal(1, _file.Lru.Count);
        Assert.Equal(1, _file.Root.Count);
    }

    [Fact]
    public void A_union_of_ranges_that_were_not_purged_is_not_purged()
    {
        _file.Mark(0, 1);
        _file.Mark(10, 11);
        _file.Mark(1, 10);
        Assert.Equal("0-11v", _file.Listing());
    }

    [Fact]
    public void Ranges_that_touch_stay_two()
    {
        _file.Mark(10, 19);
        _file.PurgeAt(10);
        _file.Mark(20, 29);
        _file.Mark(0, 9);
        Assert.Equal("0-9v 10-19p 20-29v", _file.Listing());
        Assert.Equal("10-19p 20-29v 0-9v", _file.Order());
    }

    [Fact]
    public void A_mark_across_the_border_of_two_that_touch_joins_them()
    {
        _file.Mark(10, 19);
        _file.Mark(20, 29);
        _file.Mark(19, 20);
        Assert.Equal("10-29v", _file.Listing());
    }

    [Fact]
    public void The_first_and_the_last_page_there_is_can_be_marked()
    {
        _file.Mark(0, 0);
        _file.Mark(ulong.MaxValue, ulong.MaxValue);
        Assert.Equal($"0-0v {ulong.MaxValue}-{ulong.MaxValue}v", _file.Listing());
        _file.Mark(0, ulong.MaxValue);
        Assert.Equal($"0-{ulong.MaxValue}v", _file.Listing());
        Assert.False(_file.Root.Unmark(0, ulong.MaxValue, report: true));
        Assert.True(_file.Root.IsEmpty);
    }
}
