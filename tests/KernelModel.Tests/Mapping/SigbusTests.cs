using KernelModel.Vrange;

namespace KernelModel.Tests.Mapping;

/// <summary>R10: fault=sigbus.</summary>
public sealed class SigbusTests
{
    private readonly TestFile _file = new(sigbus: true);

    public SigbusTests()
    {
        _file.Fill(0, 5);
        _file.Mark(1, 4);
        _file.Discard();
    }

    [Fact]
    public void A_purged_page_answers_EIO_while_it_is_volatile()
    {
        Assert.Equal("1EEEE1", _file.Pages(0, 5));
        Assert.Equal(-Errno.EIO, _file.Mapping.Read(4095, new byte[2]));
        Assert.Equal(1, _file.Mapping.Read(4095, new byte[1]));
        Assert.Equal(-Errno.EIO, _file.Mapping.Read(0, new byte[6 * 4096]));
    }

    [Fact]
    public void Taken_back_it_reads_as_zeros()
    {
        Assert.Equal(new VrangeLoss(true, 2 * 4096), _file.Unmark(1, 2));
        Assert.Equal("1..EE1", _file.Pages(0, 5));
        Assert.True(_file.Mapping.TryUnmark(3, 4, report: false, out _));
        Assert.Equal("1....1", _file.Pages(0, 5));
    }

    [Fact]
    public void It_lives_again_once_written()
    {
        _file.Fill(2, 2, version: 2);
        Assert.Equal(1, _file.Mapping.Write((3 * 4096) + 7, new byte[1]));
        Assert.Equal("1E2.E1", _file.Pages(0, 5));
        Assert.Equal(new VrangeLoss(true, 4 * 4096), _file.Unmark(1, 4));
    }

    [Fact]
    public void A_hole_over_it_makes_it_live_again_and_a_part_of_one_does_not()
    {
        Assert.Equal(0, _file.Mapping.PunchHole(4096 + 1, 2 * 4096));
        Assert.Equal("1E.EE1", _file.Pages(0, 5));
    }

    [Fact]
    public void Truncate_ends_what_it_cuts_off()
    {
        Assert.Equal(0, _file.Mapping.Truncate(2 * 4096));
        Assert.Equal(0, _file.Mapping.Truncate(6 * 4096));
        Assert.Equal("1E....", _file.Pages(0, 5));
    }

    [Fact]
    public void A_page_that_never_had_data_is_not_dead()
    {
        _file.Mark(8, 19);
        Assert.Equal(0, _file.Mapping.Truncate(20 * 4096));
        _file.Discard();
        Assert.Equal("............", _file.Pages(8, 19));
    }

    [Fact]
    public void It_dies_again_with_the_next_purge()
    {
        _file.Fill(1, 4, version: 2);
        Assert.Equal("122221", _file.Pages(0, 5));
        Assert.Equal(4, _file.Discard());
        Assert.Equal("1EEEE1", _file.Pages(0, 5));
    }

    [Fact]
    public void With_the_last_holder_the_pages_read_as_zeros()
    {
        // R11: a tombstone is not volatile.
        _file.Mapping.Release();
        Assert.Equal("1....1", _file.Pages(0, 5));
    }

    [Fact]
    public void Without_it_they_read_as_zeros_at_once()
    {
        TestFile zero = new();
        zero.Fill(0, 1);
        zero.Mark(0, 1);
        zero.Discard();
        Assert.Equal("..", zero.Pages(0, 1));
    }
}
