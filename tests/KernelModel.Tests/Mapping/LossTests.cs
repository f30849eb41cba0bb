using KernelModel.Vrange;

namespace KernelModel.Tests.Mapping;

/// <summary>R3, R6, R7: what an unmark reports.</summary>
public sealed class LossTests
{
    private readonly TestFile _file = new();

    [Fact]
    public void What_was_not_purged_comes_back_as_it_was()
    {
        _file.Fill(0, 3);
        _file.Mark(0, 3);
        Assert.Equal(new VrangeLoss(false, 0), _file.Unmark(0, 3));
        Assert.Equal("1111", _file.Pages(0, 3));
    }

    [Fact]
    public void Only_pages_that_had_data_are_counted_as_lost()
    {
        // R7
        _file.Fill(2, 4);
        _file.Fill(8, 8);
        _file.Mark(0, 9);
        Assert.Equal(4, _file.Discard());
        Assert.Equal(new VrangeLoss(true, 4 * 4096), _file.Unmark(0, 9));
    }

    [Fact]
    public void Each_page_is_reported_once()
    {
        // R7
        _file.Fill(0, 9);
        _file.Mark(0, 9);
        _file.Discard();
        Assert.Equal(new VrangeLoss(true, 3 * 4096), _file.Unmark(0, 2));
        Assert.Equal(new VrangeLoss(false, 0), _file.Unmark(0, 2));
        Assert.Equal(new VrangeLoss(true, 7 * 4096), _file.Unmark(0, 9));
        Assert.Equal(0, _file.Lru.Unreported);
    }

    [Fact]
    public void The_range_is_purged_even_if_nothing_was_found_in_it()
    {
        // R6
        _file.Fill(0, 1);
        _file.Mark(10, 19);
        Assert.Equal(0, _file.Discard());
        Assert.Equal(new VrangeLoss(true, 0), _file.Unmark(15, 15));
        Assert.Equal("10-14p 16-19p", _file.Listing());
    }

    [Fact]
    public void A_file_without_a_byte_can_be_marked_and_purged()
    {
        // R3, R6
        _file.Mark(0, 9);
        Assert.Equal(0, _file.Discard());
        Assert.Equal(new VrangeLoss(true, 0), _file.Unmark(0, 9));
    }

    [Fact]
    public void A_mark_past_the_end_applies_when_the_file_grows()
    {
        // R3
        _file.Fill(0, 0);
        _file.Mark(4, 5);
        _file.Fill(4, 6);
        Assert.Equal(2, _file.Discard());
        Assert.Equal("1.....1", _file.Pages(0, 6));
        Assert.Equal(new VrangeLoss(true, 2 * 4096), _file.Unmark(0, 9));
    }

    [Fact]
    public void Writing_a_lost_page_again_does_not_clear_its_loss()
    {
        // R6, R7
        _file.Fill(0, 3);
        _file.Mark(0, 3);
        _file.Discard();
        _file.Fill(0, 3, version: 2);
        Assert.Equal("2222", _file.Pages(0, 3));
        Assert.Equal(new VrangeLoss(true, 4 * 4096), _file.Unmark(0, 3));
        Assert.Equal("2222", _file.Pages(0, 3));
    }

    [Fact]
    public void A_page_that_was_lost_twice_is_counted_once()
    {
        // R7, R8: refilled, purged again by the next pass
        _file.Fill(0, 3);
        _file.Mark(0, 3);
        Assert.Equal(4, _file.Discard());
        _file.Fill(0, 1, version: 2);
        Assert.Equal(2, _file.Discard());
        Assert.Equal(4, _file.Lru.Unreported);
        Assert.Equal(new VrangeLoss(true, 4 * 4096), _file.Unmark(0, 3));
    }

    [Fact]
    public void Neither_truncate_nor_a_hole_clears_what_was_purged()
    {
        // R6, R11
        _file.Fill(0, 3);
        _file.Mark(0, 3);
        _file.Discard();
        Assert.Equal(0, _file.Mapping.Truncate(0));
        Assert.Equal(0, _file.Mapping.PunchHole(0, 4 * 4096));
        Assert.Equal(new VrangeLoss(true, 4 * 4096), _file.Unmark(0, 3));
    }

    [Fact]
    public void Truncate_and_holes_leave_the_marks_and_purge_nothing()
    {
        // R11
        _file.Fill(0, 3);
        _file.Mark(0, 3);
        Assert.Equal(0, _file.Mapping.PunchHole(4096, 4096));
        Assert.Equal(0, _file.Mapping.Truncate(0));
        Assert.Equal("0-3v", _file.Listing());
        Assert.Equal(new VrangeLoss(false, 0), _file.Unmark(0, 3));
    }

    [Fact]
    public void A_new_mark_over_a_purged_range_keeps_the_loss()
    {
        // R4, R6
        _file.Fill(0, 9);
        _file.Mark(0, 3);
        _file.Discard();
        _file.Mark(2, 9);
        Assert.Equal("0-9p", _file.Listing());
        Assert.Equal(new VrangeLoss(true, 0), _file.Unmark(5, 9));
        Assert.Equal(new VrangeLoss(true, 4 * 4096), _file.Unmark(0, 4));
    }

    [Fact]
    public void What_nobody_took_is_known_to_the_next_who_can()
    {
        // R15
        _file.Fill(0, 3);
        _file.Mark(0, 3);
        _file.Discard();
        Assert.True(_file.Mapping.TryUnmark(0, 3, report: false, out _));
        Assert.Equal(4, _file.Lru.Unreported);
        Assert.Equal("0-3p", _file.Listing());
        Assert.Equal(new VrangeLoss(true, 4 * 4096), _file.Unmark(0, 3));
        Assert.Equal("", _file.Listing());
        Assert.Equal(0, _file.Lru.Unreported);
    }

    [Fact]
    public void A_partial_last_page_is_a_page()
    {
        Assert.Equal(10, _file.Mapping.Write(4096, new byte[10]));
        _file.Mark(0, 1);
        Assert.Equal(1, _file.Discard());
        Assert.Equal(new VrangeLoss(true, 4096), _file.Unmark(0, 1));
        Assert.Equal(4106, _file.Mapping.Stat().Size);
    }

    [Fact]
    public void A_range_at_the_highest_page_is_purged_and_taken_back()
    {
        // R3
        const ulong Highest = (1ul << 51) - 2;
        _file.Fill(0, 0);
        _file.Mark(Highest, Highest);
        _file.Mark(0, 0);
        Assert.Equal(1, _file.Discard());
        Assert.Equal(0, _file.Mapping.CountVolatile());
        Assert.Equal(new VrangeLoss(true, 0), _file.Unmark(Highest, Highest));
    }
}
