using KernelModel;
using KernelModel.Tests;
using KernelModel.Views;
using ProcFs.Nodes;
using ProcFs.Text;

namespace ProcFs.Tests.Model;

/// <summary>What it costs to show a task with many areas.</summary>
public sealed class CostTests
{
    [Theory]
    [InlineData("maps")]
    [InlineData("smaps")]
    [InlineData("smaps_rollup")]
    public void A_listing_is_linear_in_the_areas(string file)
        => Growth.IsLinear(625, areas =>
        {
            ModelFixture task = WithAreas(areas);
            byte[] buffer = new byte[10 << 20];
            ProcOpenFile open = task.Open(file);
            return () => Assert.True(open.Read(0, buffer, forCache: false) > 0);
        });

    [Fact]
    public void Smaps_of_a_thousand_areas_allocates_its_text_and_nothing_for_a_line()
    {
        ModelFixture task = WithAreas(500);
        ProcText text = new();
        Render(task, text);
        int length = text.Written.Length;
        Assert.InRange(length, 600_000, 1_000_000);

        // The buffer doubles as it grows: less than four times the text altogether, and the batch of views.
        text = new ProcText();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Render(task, text);
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.InRange(allocated, length, (4 * length) + (100 << 10));
    }

    private static void Render(ModelFixture task, ProcText text)
    {
        Machine machine = task.Mount.Machine;
        Assert.True(machine.TryFind(ModelFixture.Pid, out TaskId id, out _));
        List<AreaView> areas = [];
        ulong from = 0;
        while (machine.ReadAreas(id, withUsage: true, ref from, areas) > 0)
        {
            foreach (AreaView area in areas)
                text.AddSmaps(area);
            areas.Clear();
        }
    }

    // Two areas each.
    private static ModelFixture WithAreas(int count)
    {
        ModelFixture task = new(machinePages: 16384);
        task.Calls($"mmap 0x100000 {count * 8192L} rw private anon fixed");
        for (int i = 0; i < count; i++)
            task.Calls($"mmap {0x100000 + (i * 8192L)} 4096 r private anon fixed populate");
        return task;
    }
}
