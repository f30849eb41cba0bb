using System.Text;
using KernelModel.Mm;
using KernelModel.Reclaim;
using KernelModel.Tasks;
using KernelModel.Tests.Mapping;
using static KernelModel.Tests.Mm.TestMachine;

namespace KernelModel.Tests.Mm;

/// <summary>Reclaim of one task (R30 to R34, R80) and of the machine.</summary>
public sealed class ReclaimTests
{
    [Theory]
    [InlineData("file", 4)]
    [InlineData(" all\n", 5)]
    [InlineData("0x10000000 4096", 15)]
    [InlineData("268435456 4K", 12)]
    [InlineData("4096 0", 6)]
    [InlineData("4097 4096", -Errno.EINVAL)]
    [InlineData("4096", -Errno.EINVAL)]
    [InlineData("ANON", -Errno.EINVAL)]
    [InlineData("", -Errno.EINVAL)]
    [InlineData("4096 18446744073709551615", -Errno.EINVAL)]
    [InlineData("18446744073709547520 8192", -Errno.EINVAL)]
    [InlineData("+4096 1", -Errno.EINVAL)]
    public void R30_R31_R34_commands_are_read(string text, int result)
    {
        TestMachine machine = new();
        Assert.Equal(result, machine.Kernel.TaskReclaim.Write(machine.Task, Encoding.ASCII.GetBytes(text)));
        Assert.Equal(result < 0 ? -Errno.EINVAL : -Errno.ESRCH, machine.Kernel.TaskReclaim.Write(null, Encoding.ASCII.GetBytes(text)));
        Assert.Equal(-Errno.EINVAL, machine.Kernel.TaskReclaim.Write(machine.Task, Encoding.ASCII.GetBytes(text.PadRight(200))));
    }

    [Fact]
    public void R32_R33_file_and_anon_are_told_apart_by_the_area()
    {
        TestMachine machine = new(swapPages: 64);
        machine.Map(0, 4);
        machine.Map(10, 4, MapFlags.Shared);
        machine.Map(20, 2, MapFlags.Private | MapFlags.Special);
        machine.Fill(0, 4);
        machine.Fill(10, 4);
        machine.Kernel.TaskReclaim.Write(machine.Task, "file"u8);
        Assert.Equal((4, 0), (machine.Mm.AnonRss, machine.Mm.ShmemRss));
        machine.Kernel.TaskReclaim.Write(machine.Task, "anon"u8);
        Assert.Equal((0, 4), (machine.Mm.AnonRss, machine.Mm.SwapEntries));
        Assert.Equal(3, machine.Peek(2));
        Assert.Equal(13, machine.Peek(12));
        machine.Check();
    }

    [Fact]
    public void R33_without_swap_anonymous_pages_stay_and_volatile_ones_are_purged()
    {
        TestMachine machine = new();
        machine.Map(0, 4);
        machine.Fill(0, 4);
        machine.Mark(2, 2);
        machine.Kernel.TaskReclaim.Write(machine.Task, "all"u8);
        Assert.Equal(2, machine.Mm.AnonRss);
        Assert.Equal((8192L, true), machine.Unmark(2, 2));
        machine.Check();
    }

    [Fact]
    public void R33_a_shared_page_leaves_memory_when_the_last_mapper_gives_it_up()
    {
        TestMachine machine = new(swapPages: 64);
        machine.Map(0, 4);
        machine.Fill(0, 4);
        machine.Kernel.Tasks.Fork(machine.Task, out TaskStruct? child);
        int free = machine.Kernel.FreePages;
        machine.Kernel.TaskReclaim.Write(machine.Task, "all"u8);
        Assert.Equal((0, free), (machine.Mm.AnonRss, machine.Kernel.FreePages));
        machine.Kernel.TaskReclaim.Write(child!, "all"u8);
        Assert.Equal(free + 4, machine.Kernel.FreePages);
        Assert.Equal(2, machine.Peek(1));
        Assert.Equal(4, Peek(child!, 3));
        machine.Check();
    }

    [Fact]
    public void R30_a_zombie_is_reclaimed_with_success()
    {
        TestMachine machine = new();
        machine.Kernel.Tasks.Fork(machine.Task, out TaskStruct? child);
        machine.Kernel.Tasks.Exit(child!, 1);
        Assert.Equal(3, machine.Kernel.TaskReclaim.Write(child, "all"u8));
        machine.Kernel.Tasks.Wait(machine.Task, out int status);
        Assert.Equal(1, status);
        Assert.Equal(-Errno.ESRCH, machine.Kernel.TaskReclaim.Write(child, "all"u8));
    }

    [Fact]
    public void Memory_that_does_not_fit_goes_to_swap_and_comes_back()
    {
        TestMachine machine = new(totalPages: 256, swapPages: 1024);
        machine.Map(0, 800);
        machine.Fill(0, 800);
        Assert.True(machine.Mm.SwapEntries >= 544);
        for (int i = 0; i < 800; i++)
            Assert.Equal(i + 1, machine.Peek(i));
        Assert.True(machine.Kernel.Stat[VmStatItem.PgStealDirect] > 0);
        Assert.True(machine.Kernel.Stat[VmStatItem.PswpOut] >= machine.Mm.SwapEntries);
        machine.Check();
        machine.Kernel.Tasks.Exit(machine.Task, 0);
        InvariantTests.AssertAllGivenBack(machine.Kernel, filesStay: false);
    }

    [Fact]
    public void Without_memory_or_swap_the_access_fails_and_nothing_else_does()
    {
        TestMachine machine = new(totalPages: 64);
        machine.Map(0, 100);
        int page = 0;
        while (machine.Task.Store(At(page), [1]))
            page++;

        // The others are the task's own: its stack and descriptors, an area, a table with two directories.
        Assert.Equal(64 - 8 - 1 - 3, page);
        Assert.Equal(Signal.SIGKILL, machine.Task.LastSignal!.Value.Number);
        Assert.Equal(1, machine.Kernel.Stat[VmStatItem.OomKill]);
        machine.Mm.Munmap(At(0), Size(1));
        Assert.True(machine.Task.Store(At(70), [1]));
        machine.Check();
    }

    [Fact]
    public void Kswapd_works_between_the_watermarks()
    {
        TestMachine machine = new(totalPages: 1024, swapPages: 1024);
        machine.Map(0, 1020);
        machine.Fill(0, 1012 - machine.Kernel.Pages.OwnPages);
        Assert.True(machine.Kernel.FreePages < machine.Kernel.LowWatermark);
        machine.Kernel.Vmscan.RunKswapd();
        Assert.True(machine.Kernel.FreePages >= machine.Kernel.HighWatermark);
        Assert.Equal(0, machine.Kernel.Vmscan.RunKswapd());
        machine.Check();
    }

    [Fact]
    public void R33_dirty_file_pages_are_written_back_and_clean_ones_dropped()
    {
        TestFile file = new();
        Assert.Equal(0, file.Mapping.Truncate(16 * 4096));
        TestMachine machine = new(ranges: file.Lru);
        PageCache cache = machine.Kernel.Files.Open(file.Mapping, 7)!;
        machine.Mm.Mmap(At(0), Size(16), Prot.Read | Prot.Write, MapFlags.Shared | MapFlags.Fixed, new VmFile(cache, "/data"));
        machine.Fill(0, 16);
        Assert.Equal(0, file.Mapping.ResidentIn(0, 15));
        machine.Kernel.TaskReclaim.Write(machine.Task, "file"u8);
        Assert.Equal(0, machine.Mm.FileRss);
        Assert.Equal(0, cache.ResidentPages);
        Assert.Equal(16, file.Mapping.ResidentIn(0, 15));
        Assert.Equal(16, machine.Peek(15));

        // What nobody maps any more stays in memory until the caches are dropped.
        machine.Mm.Mmap(At(20), Size(16), Prot.Read, MapFlags.Shared | MapFlags.Fixed, new VmFile(cache, "/data"));
        machine.Mm.Munmap(At(0), Size(16));
        Assert.Equal(1, machine.Kernel.Vmscan.DropCaches());
        machine.Check();
    }
}
