using KernelModel.Vrange;

namespace KernelModel.Tests.Vrange;

public sealed class AllocationTests
{
    private const ulong Ranges = 1000;
    private readonly RangeOwner _file = new(new VrangeLru());

    public AllocationTests()
    {
        for (ulong i = 0; i < Ranges; i++)
            _file.Mark(i * 10, (i * 10) + 4);
    }

    [Fact]
    public void Finding_and_marking_what_is_marked_allocate_nothing()
        => AssertAllocatesNothing(() =>
        {
            for (ulong i = 0; i < Ranges; i++)
            {
                _file.Root.Mark((i * 10) + 1, (i * 10) + 3, VrangeBehavior.Full);
                _file.Root.IsVolatile(i * 10, (i * 10) + 9);
                _file.Root.TryFindAtOrAfter(i * 10, out _);
            }
        });

    [Fact]
    public void Taking_back_and_marking_again_allocate_nothing()
        => AssertAllocatesNothing(() =>
        {
            for (ulong i = 0; i < Ranges; i++)
            {
                _file.Root.Unmark((i * 10) + 2, (i * 10) + 2, report: true);
                _file.Root.Mark(i * 10, (i * 10) + 4, VrangeBehavior.Full);
            }
        });

    [Fact]
    public void A_pass_over_all_ranges_allocates_nothing()
    {
        _file.Victims.EnsureCapacity(4 * (int)Ranges);
        AssertAllocatesNothing(() => _file.Lru.Discard(long.MaxValue, VrangeOwners.All, wait: false));
        Assert.Equal(3 * (int)Ranges, _file.Victims.Count);
    }

    private static void AssertAllocatesNothing(Action work)
    {
        work();
        work();
        long before = GC.GetAllocatedBytesForCurrentThread();
        work();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
