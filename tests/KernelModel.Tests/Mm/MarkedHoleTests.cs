using KernelModel.Mm;
using KernelModel.Vrange;
using static KernelModel.Tests.Mm.TestMachine;

namespace KernelModel.Tests.Mm;

/// <summary>R20: a mark over a hole ends where something comes to be mapped, whatever call maps it.</summary>
public sealed class MarkedHoleTests
{
    private readonly TestMachine _machine = new();

    private int Mark(int page, int pages) => _machine.Mm.Mvrange(At(page), Size(pages), 1, 0);

    private int Unmark(int page, int pages) => _machine.Mm.Mvrange(At(page), Size(pages), 0, 0);

    private string Marks() => string.Join(' ', _machine.Mm.ListRanges().Select(line =>
        $"{(line.Start - Base) / 4096}-{(line.LastByte - Base) / 4096}{(line.Purged ? 'p' : 'v')}"));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Mremap_into_it_brings_its_own_marks_only(bool sourceIsMarked)
    {
        _machine.Map(0, 2);
        _machine.Fill(0, 2);
        if (sourceIsMarked)
            Mark(0, 1);
        Mark(9, 4);
        Assert.Equal((long)At(10), _machine.Mm.Mremap(At(0), Size(2), Size(2), MremapFlags.MayMove | MremapFlags.Fixed, At(10)));
        Assert.Equal(sourceIsMarked ? "9-9v 10-10v 12-12v" : "9-9v 12-12v", Marks());
        Assert.Equal(sourceIsMarked ? 1 : 0, _machine.Kernel.Vmscan.Reclaim(100, direct: false));
        Assert.Equal(2, _machine.Peek(11));
        _machine.Check();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Mremap_to_where_the_kernel_likes_brings_its_own_marks_only(bool sourceIsMarked)
    {
        _machine.Map(0, 3);
        _machine.Fill(0, 3);
        if (sourceIsMarked)
            Mark(0, 1);
        Assert.Equal(0, _machine.Mm.Mvrange(At(100), MmStruct.TaskSize, 1, 0));
        long moved = _machine.Mm.Mremap(At(0), Size(2), Size(4), MremapFlags.MayMove);
        Assert.True(moved > (long)At(100));
        Assert.Equal(sourceIsMarked ? 1 : 0, _machine.Kernel.Vmscan.Reclaim(100, direct: false));
        byte[] bytes = new byte[4];
        Assert.True(_machine.Task.Load((ulong)moved + 4096, bytes));
        Assert.Equal(2, BitConverter.ToInt32(bytes));
        _machine.Check();
    }

    [Fact]
    public void Mremap_that_grows_in_place_ends_it_there_and_the_loss_stays()
    {
        _machine.Map(0, 2);
        Mark(1, 5);
        _machine.Kernel.Ranges.Discard(long.MaxValue, VrangeOwners.All, wait: true);
        Assert.Equal((long)At(0), _machine.Mm.Mremap(At(0), Size(2), Size(4), MremapFlags.None));
        _machine.Fill(2, 2);
        Assert.Equal(0, _machine.Kernel.Vmscan.Reclaim(100, direct: false));
        Assert.Equal(3, _machine.Peek(2));
        Assert.Equal(1, Unmark(2, 1));
        Assert.Equal("1-1p 3-3p 4-5p", Marks());
        _machine.Check();
    }

    [Fact]
    public void Mremap_that_shrinks_takes_its_marks_along()
    {
        _machine.Map(0, 4);
        Mark(0, 4);
        Assert.Equal((long)At(0), _machine.Mm.Mremap(At(0), Size(4), Size(2), MremapFlags.None));
        Assert.Equal("0-1v", Marks());
        Assert.Equal((long)At(10), _machine.Mm.Mremap(At(0), Size(2), Size(1), MremapFlags.MayMove | MremapFlags.Fixed, At(10)));
        Assert.Equal("10-10v", Marks());
        _machine.Check();
    }

    [Fact]
    public void A_heap_that_shrinks_takes_its_marks_along()
    {
        MmStruct mm = _machine.Mm;
        mm.Brk(MmStruct.HeapStart + Size(4));
        Assert.Equal(0, mm.Mvrange(MmStruct.HeapStart, Size(4), 1, 0));
        mm.Brk(MmStruct.HeapStart + Size(1));
        Assert.Equal(new VrangeLine(MmStruct.HeapStart, MmStruct.HeapStart + 4095, false, null), Assert.Single(mm.ListRanges()));
        mm.Brk(MmStruct.HeapStart + Size(4));
        Assert.Single(mm.ListRanges());
    }

    [Fact]
    public void A_stack_that_grows_over_it_is_not_volatile()
    {
        _machine.Map(10, 2, MapFlags.Private | MapFlags.GrowsDown);
        Mark(5, 6);
        _machine.Fill(7, 1);
        Assert.Equal("5-6v 10-10v", Marks());
        Assert.Equal(0, _machine.Kernel.Vmscan.Reclaim(100, direct: false));
        Assert.Equal(8, _machine.Peek(7));
        _machine.Check();
    }
}
