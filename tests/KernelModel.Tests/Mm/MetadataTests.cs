using KernelModel.Mm;
using static KernelModel.Tests.Mm.TestMachine;

namespace KernelModel.Tests.Mm;

/// <summary>What a page costs besides its bytes, and what the paths that only look cost.</summary>
public sealed class MetadataTests
{
    private const int Pages = 200_000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_page_takes_at_most_64_bytes_of_metadata(bool shared)
    {
        // All that was allocated, garbage included: other tests run meanwhile.
        long before = GC.GetAllocatedBytesForCurrentThread();
        TestMachine machine = new(totalPages: Pages + 10_000);
        machine.Map(0, Pages, shared ? MapFlags.Shared : MapFlags.Private);
        byte[] one = [1];
        for (int page = 0; page < Pages; page++)
            Assert.True(machine.Task.Store(At(page), one));
        long after = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(Pages, machine.Mm.Rss);
        Assert.InRange((after - before) / (double)Pages, 40, 64);
        machine.Kernel.Dispose();
    }

    [Fact]
    public void Finding_an_area_and_an_access_that_hits_allocate_nothing()
    {
        TestMachine machine = new();
        for (int area = 0; area < 500; area++)
            machine.Map(area * 3, 2);
        machine.Fill(0, 2);
        byte[] buffer = new byte[8];
        long found = 0;
        for (int warm = 0; warm < 2; warm++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                found += machine.Mm.Find(At(i)) is not null ? 1 : 0;
                found += machine.Mm.Lookup(At(i)) is not null ? 1 : 0;
                found += machine.Task.Load(At(i & 1), buffer) && machine.Task.Store(At(i & 1), buffer) ? 1 : 0;
            }

            if (warm == 1)
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.True(found > 4000);
    }
}
