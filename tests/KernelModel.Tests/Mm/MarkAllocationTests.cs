using static KernelModel.Tests.Mm.TestMachine;

namespace KernelModel.Tests.Mm;

/// <summary>What docs/performance.md says of the calls that mark.</summary>
public sealed class MarkAllocationTests
{
    private const int Calls = 1000;

    [Fact]
    public void Mvrange_mark_and_unmark_allocate_nothing()
    {
        TestMachine machine = new();
        machine.Map(0, 100);
        machine.Fill(0, 100);
        AssertAllocatesNothing(() =>
        {
            machine.Mm.Mvrange(At(10), Size(20), 1, 0);
            machine.Mm.Mvrange(At(15), Size(5), 0, 0);
            machine.Mm.Mvrange(At(10), Size(20), 0, 0);
        });
    }

    [Fact]
    public void Vrange_mark_and_unmark_of_a_whole_area_allocate_nothing()
    {
        TestMachine machine = new();
        machine.Map(0, 100);
        machine.Fill(0, 100);
        AssertAllocatesNothing(() =>
        {
            machine.Mark(0, 100);
            machine.Unmark(0, 100);
        });
    }

    private static void AssertAllocatesNothing(Action work)
    {
        for (int i = 0; i < Calls; i++)
            work();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Calls; i++)
            work();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
