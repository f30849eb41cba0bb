using KernelModel.Tests;
using ProcFs.Nodes;

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

    [Theory]
    [InlineData("maps")]
    [InlineData("smaps")]
    public void A_reader_of_a_thousand_areas_makes_garbage_of_none(string file)
    {
        ModelFixture task = WithAreas(500);
        byte[] buffer = new byte[1 << 16];
        ProcOpenFile open = task.Open(file);
        long length = ReadAll(open, buffer);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(length, ReadAll(open, buffer));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
    }

    [Theory]
    [InlineData("maps")]
    [InlineData("smaps")]
    public void What_is_open_keeps_no_more_of_it_than_a_part(string file)
    {
        ModelFixture task = WithAreas(4000);
        byte[] buffer = new byte[1 << 16];
        ProcOpenFile open = task.Open(file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.True(ReadAll(open, buffer) > 300_000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 250_000);
    }

    private static long ReadAll(ProcOpenFile open, byte[] buffer)
    {
        long at = 0;
        int length;
        while ((length = open.Read(at, buffer, forCache: false)) > 0)
            at += length;
        return at;
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
