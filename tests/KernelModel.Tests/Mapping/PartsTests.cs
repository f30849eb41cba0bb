namespace KernelModel.Tests.Mapping;

/// <summary>Much is freed in parts, which nobody can tell from one.</summary>
public sealed class PartsTests
{
    private const long Page = 4096;
    private const long Pages = 3 * (16 << 20) / Page;
    private readonly TestFile _file = new();

    [Theory]
    [InlineData(0, Pages * Page, 0)]
    [InlineData(1, (Pages * Page) - 2, 2)] // both ends keep a page of which a byte is left
    [InlineData(4095, Pages * Page, 1)] // beyond the end
    [InlineData(4097, 40 << 20, Pages - ((40 << 20) / Page) + 1)]
    public void A_long_hole_frees_every_whole_page_in_it(long offset, long length, long left)
    {
        Assert.Equal(0, _file.Mapping.Allocate(0, Pages * Page, keepSize: false));
        Assert.Equal(1, _file.Mapping.Write((Pages * Page) - 1, [7]));

        Assert.Equal(0, _file.Mapping.PunchHole(offset, length));

        Assert.Equal(left, _file.Mapping.Stat().Pages);
        Assert.Equal(Pages * Page, _file.Mapping.Stat().Size);
    }

    [Fact]
    public void A_file_that_is_cut_short_keeps_what_is_before()
    {
        Assert.Equal(0, _file.Mapping.Allocate(0, Pages * Page, keepSize: false));
        Assert.Equal(3, _file.Mapping.Write(Page, [1, 2, 3]));

        Assert.Equal(0, _file.Mapping.TruncateInParts(Page + 2));

        Assert.Equal((Page + 2, 2), (_file.Mapping.Stat().Size, _file.Mapping.Stat().Pages));
        byte[] bytes = new byte[3];
        Assert.Equal(2, _file.Mapping.Read(Page, bytes));
        Assert.Equal([1, 2, 0], bytes);
    }

    [Fact]
    public void A_file_of_any_length_is_cut_soon()
    {
        Assert.Equal(0, _file.Mapping.Truncate(long.MaxValue));
        Assert.Equal(1, _file.Mapping.Write(0, [1]));

        Assert.Equal(0, _file.Mapping.PunchHole(Page, long.MaxValue - Page));
        Assert.Equal(1, _file.Mapping.Stat().Pages);
        Assert.Equal(0, _file.Mapping.TruncateInParts(0));

        Assert.Equal((0, 0), (_file.Mapping.Stat().Size, _file.Mapping.Stat().Pages));
    }
}
