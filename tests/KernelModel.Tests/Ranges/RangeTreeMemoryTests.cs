using KernelModel.Ranges;

namespace KernelModel.Tests.Ranges;

[Collection(nameof(Alone))]
public sealed class RangeTreeMemoryTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_million_ranges_take_less_than_96_bytes_each(bool inOrder)
    {
        const int Ranges = 1_000_000;
        long before = GC.GetTotalMemory(true);
        RangeTree<object?> tree = new();
        for (int i = 0; i < Ranges; i++)
        {
            // 514,229 is prime to the count: every range once, in an order that looks random.
            ulong n = (ulong)(inOrder ? i : (int)((long)i * 514_229 % Ranges));
            tree.Insert(n * 10, (n * 10) + 4, null);
        }

        long bytes = GC.GetTotalMemory(true) - before;
        GC.KeepAlive(tree);
        Assert.InRange(bytes / (double)Ranges, 0, 96);
    }
}
