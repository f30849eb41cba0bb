using KernelModel.Mapping;

namespace KernelModel.Tests.Mapping;

public sealed class PageSizeTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(4096, 1)]
    [InlineData(4097, 2)]
    [InlineData(long.MaxValue - 4095, (1L << 51) - 1)]
    [InlineData(long.MaxValue, 1L << 51)]
    public void Lengths_are_rounded_up_to_pages_whatever_they_are(long length, long pages)
        => Assert.Equal(pages, PageSize.PagesFor(length));
}
