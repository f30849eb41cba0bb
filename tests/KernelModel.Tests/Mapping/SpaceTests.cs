using KernelModel.Mapping;
using KernelModel.Vrange;

namespace KernelModel.Tests.Mapping;

/// <summary>R17: what a limit does.</summary>
public sealed class SpaceTests
{
    private const int Limit = 10;
    private readonly TestFile _file = new(Limit);

    [Fact]
    public void A_full_store_refuses_and_keeps_what_it_has()
    {
        _file.Fill(0, 9);
        Assert.Equal(-Errno.ENOSPC, _file.Mapping.Write(10 * 4096, TestFile.Content(10, 1)));
        Assert.Equal("1111111111x", _file.Pages(0, 10));
    }

    [Fact]
    public void A_write_that_fits_in_part_is_short()
    {
        _file.Fill(0, 7);
        Assert.Equal(2 * 4096, _file.Mapping.Write(8 * 4096, TestFile.Contents(8, 11, 1)));
        Assert.Equal(10 * 4096, _file.Mapping.Stat().Size);
    }

    [Fact]
    public void Volatile_ranges_are_purged_before_anybody_sees_ENOSPC()
    {
        _file.Fill(0, 9);
        _file.Mark(0, 4);
        _file.Mark(5, 6);
        Assert.Equal(4096, _file.Mapping.Write(10 * 4096, TestFile.Content(10, 1)));
        Assert.Equal(".....111111", _file.Pages(0, 10));
        Assert.Equal("0-4p 5-6v", _file.Listing());
        Assert.True(_file.Unmark(0, 4).Purged);
    }

    [Fact]
    public void As_many_are_purged_as_a_write_needs()
    {
        _file.Fill(0, 9);
        for (ulong page = 0; page < 8; page++)
            _file.Mark(page, page);
        Assert.Equal(3 * 4096, _file.Mapping.Write(10 * 4096, TestFile.Contents(10, 12, 1)));
        Assert.Equal("...1111111111", _file.Pages(0, 12));
    }

    [Fact]
    public void A_write_that_needs_no_room_purges_nothing()
    {
        _file.Fill(0, 9);
        _file.Mark(0, 9);
        _file.Fill(0, 9, version: 2);
        Assert.Equal("2222222222", _file.Pages(0, 9));
        Assert.Equal("0-9v", _file.Listing());
    }

    [Fact]
    public void Ranges_of_tasks_do_not_make_room_for_files()
    {
        // R16
        Vrange.RangeOwner task = new(_file.Lru, VrangeOwners.Tasks);
        task.Mark(0, 99);
        _file.Fill(0, 9);
        Assert.Equal(-Errno.ENOSPC, _file.Mapping.Write(10 * 4096, new byte[1]));
        Assert.Empty(task.Victims);
    }

    [Fact]
    public void Fallocate_purges_too_and_is_all_or_nothing()
    {
        _file.Fill(0, 7);
        _file.Mark(0, 3);
        Assert.Equal(0, _file.Mapping.Allocate(10 * 4096, 6 * 4096, keepSize: true));
        Assert.Equal(8 * 4096, _file.Mapping.Stat().Size);
        Assert.Equal(-Errno.ENOSPC, _file.Mapping.Allocate(20 * 4096, 4096, keepSize: false));
        Assert.Equal(10, _file.Mapping.Stat().Pages);
        Assert.Equal(8 * 4096, _file.Mapping.Stat().Size);
    }

    [Fact]
    public void Write_back_that_finds_no_room_is_refused_and_the_next_unmark_says_so()
    {
        // R17: what is there is stored, what has no page is lost.
        Assert.Equal(0, _file.Mapping.Truncate(20 * 4096));
        _file.Fill(0, 7);
        byte[] dirty = TestFile.Contents(6, 12, 2);
        Assert.Equal(-Errno.ENOSPC, _file.Mapping.WriteBack(6 * 4096, dirty, wait: false));
        Assert.Equal(new VrangeLoss(false, 0), _file.Unmark(0, 19));

        Assert.Equal(-Errno.ENOSPC, _file.Mapping.WriteBack(6 * 4096, dirty));

        Assert.Equal("1111112222...", _file.Pages(0, 12));
        Assert.Equal(0, _file.Storage.ExcessPages);
        Assert.Equal(new VrangeLoss(true, 3 * 4096), _file.Unmark(0, 19));
        Assert.Equal(new VrangeLoss(false, 0), _file.Unmark(0, 19));
    }

    [Fact]
    public void What_cannot_succeed_purges_nothing()
    {
        _file.Fill(0, 7);
        _file.Mark(0, 3);
        Assert.Equal(-Errno.ENOSPC, _file.Mapping.Allocate(10 * 4096, 7 * 4096, keepSize: true));
        Assert.Equal(-Errno.ENOSPC, _file.Mapping.Allocate(0, 1L << 40, keepSize: true));

        // Room within the range itself is none.
        Assert.Equal(-Errno.ENOSPC, _file.Mapping.Allocate(0, 11 * 4096, keepSize: true));
        Assert.Equal(new VrangeLoss(false, 0), _file.Unmark(0, 3));
        Assert.Equal(8, _file.Mapping.Stat().Pages);
    }

    [Fact]
    public void What_can_succeed_purges_what_is_short()
    {
        _file.Fill(0, 7);
        for (ulong page = 0; page < 8; page++)
            _file.Mark(page, page);

        // 10 pages, 2 are free.
        Assert.Equal(0, _file.Mapping.Allocate(10 * 4096, 3 * 4096, keepSize: true));
        Assert.Equal(".111111", _file.Pages(0, 6));
        Assert.Equal(2 * 4096, _file.Mapping.Write(12 * 4096, new byte[2 * 4096]));
        Assert.Equal("..11111", _file.Pages(0, 6));
    }

    [Fact]
    public void What_write_back_took_above_the_limit_is_purged_back()
    {
        Assert.Equal(0, _file.Mapping.Truncate(20 * 4096));
        _file.Fill(0, 9);
        _file.Mark(0, 6);
        _file.Mapping.WriteBack(10 * 4096, TestFile.Contents(10, 14, 1));
        Assert.Equal(0, _file.Storage.ExcessPages);
        Assert.Equal("1111111", _file.Pages(8, 14));
        Assert.True(_file.Unmark(0, 6).Purged);
    }

    [Fact]
    public void Write_back_past_the_end_of_the_file_stores_nothing_there()
    {
        // The file was cut while its pages were on their way.
        _file.Fill(0, 3);
        Assert.Equal(0, _file.Mapping.Truncate(4096 + 10));
        Assert.Equal(4 * 4096, _file.Mapping.WriteBack(0, TestFile.Contents(0, 3, 2)));
        Assert.Equal(4096 + 10, _file.Mapping.Stat().Size);
        Assert.Equal("22x", _file.Pages(0, 2));
        Assert.Equal(4096, _file.Mapping.WriteBack(3 * 4096, TestFile.Content(3, 2)));
        Assert.Equal((4096 + 10L, 2L), (_file.Mapping.Stat().Size, _file.Mapping.Stat().Pages));
    }

    [Fact]
    public void Without_a_store_there_is_an_errno_and_no_exception()
    {
        TestFile file = new();
        file.Storage.Exhausted = true;
        Assert.Equal(-Errno.ENFILE, file.Mapping.Write(0, new byte[1]));
        Assert.Equal(-Errno.ENFILE, file.Mapping.Truncate(1));
        Assert.Equal(-Errno.ENFILE, file.Mapping.Allocate(0, 1, keepSize: false));
        Assert.Equal(-Errno.ENFILE, file.Mapping.Hold(out IBackingStore? store));
        Assert.Null(store);
        Assert.Equal(0, file.Mapping.Truncate(0));
        Assert.Equal(0, file.Mapping.PunchHole(0, 4096));
        Assert.Equal(0, file.Mapping.Read(0, new byte[1]));
        Assert.Equal((-Errno.ENXIO, -Errno.ENXIO), (file.Mapping.SeekData(0), file.Mapping.SeekHole(0)));
        Assert.Equal(default, file.Mapping.Stat());
    }
}
