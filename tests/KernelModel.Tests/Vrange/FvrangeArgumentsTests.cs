using KernelModel.Mapping;
using KernelModel.Vrange;

namespace KernelModel.Tests.Vrange;

/// <summary>R1 to R3.</summary>
public sealed class FvrangeArgumentsTests
{
    private const ulong Page = 4096;
    private const ulong Max = long.MaxValue;
    private const int EINVAL = 22;

    [Theory]
    [InlineData(0, Page, 0, 0)]
    [InlineData(0, Page + 1, 0, 0)]
    [InlineData(0, (2 * Page) - 1, 0, 0)]
    [InlineData(0, 2 * Page, 0, 1)]
    [InlineData(Page, Page, 1, 1)]
    [InlineData(5 * Page, 3 * Page, 5, 7)]
    [InlineData(0, Max, 0, (Max >> 12) - 1)]
    [InlineData(Max - Page + 1 - Page, Page, (Max >> 12) - 1, (Max >> 12) - 1)]
    public void Numbers_become_pages_and_the_length_is_rounded_down(ulong offset, ulong length, ulong first, ulong last)
    {
        Assert.Equal(0, FvrangeArguments.Check(offset, length, 1, 1, out FvrangeArguments arguments));
        Assert.Equal(new FvrangeArguments(first, last, VrangeMode.Volatile, VrangeBehavior.Partial), arguments);
    }

    [Theory]
    [InlineData(1, Page, 1, 0)]
    [InlineData(Page - 1, Page, 1, 0)]
    [InlineData(0, 0, 1, 0)]
    [InlineData(0, Page - 1, 1, 0)]
    [InlineData(Max + 1, Page, 1, 0)]
    [InlineData(Max - Page + 1, Page, 1, 0)]
    [InlineData(Page, Max, 1, 0)]
    [InlineData(0, Max + 1, 1, 0)]
    [InlineData(0, ulong.MaxValue, 1, 0)]
    [InlineData(ulong.MaxValue - Page + 1, Page, 1, 0)]
    [InlineData(ulong.MaxValue - Page + 1, ulong.MaxValue, 1, 0)]
    [InlineData(0, Page, 2, 0)]
    [InlineData(0, Page, uint.MaxValue, 0)]
    [InlineData(0, Page, 1, 2)]
    [InlineData(0, Page, 1, uint.MaxValue)]
    [InlineData(0, Page, 0, 2)]
    public void What_R2_forbids_is_EINVAL(ulong offset, ulong length, uint mode, uint behavior)
    {
        Assert.Equal(-EINVAL, FvrangeArguments.Check(offset, length, mode, behavior, out FvrangeArguments arguments));
        Assert.Equal(default, arguments);
    }

    [Fact]
    public void The_numbers_of_the_modes_are_abi()
    {
        // R1
        Assert.Equal(0u, (uint)VrangeMode.NonVolatile);
        Assert.Equal(1u, (uint)VrangeMode.Volatile);
        Assert.Equal(0u, (uint)VrangeBehavior.Full);
        Assert.Equal(1u, (uint)VrangeBehavior.Partial);
        Assert.Equal(4096, PageSize.Bytes);
    }
}
