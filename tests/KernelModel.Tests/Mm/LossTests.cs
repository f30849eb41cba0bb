using KernelModel.Mm;
using KernelModel.Tasks;
using KernelModel.Vrange;
using static KernelModel.Tests.Mm.TestMachine;

namespace KernelModel.Tests.Mm;

/// <summary>Content that nobody gave up stays, and what a purge took is told: where calls of different seeds meet.</summary>
public sealed class LossTests
{
    private static int Mvrange(TestMachine machine, int page, int pages, uint mode) => machine.Mm.Mvrange(At(page), Size(pages), mode, 0);

    private static void PageOut(TestMachine machine, int page, int pages = 1)
        => Assert.Equal(0, machine.Mm.Madvise(At(page), Size(pages), Madv.PageOut));

    // Leaves a machine no page that is free, so that the next one needs a reclaim.
    private static void FillMemory(TestMachine machine, int page)
    {
        int left = machine.Kernel.FreePages - machine.Kernel.MinWatermark;
        machine.Map(page, left);
        machine.Fill(page, left);
    }

    [Fact]
    public void R29_a_shared_page_that_its_own_swap_in_purges_is_zeros_and_its_slot_nobody_elses()
    {
        TestMachine machine = new(totalPages: 64, swapPages: 8);
        machine.Map(0, 8, MapFlags.Shared);
        machine.Fill(0, 8);
        PageOut(machine, 0, 8);
        Assert.Equal(8, machine.Kernel.Swap!.UsedSlots);
        Assert.Equal(0, Mvrange(machine, 0, 8, 1));
        FillMemory(machine, 100);

        // To make room all eight slots go, and then some are taken by what is swapped out.
        Assert.Equal(0, machine.Peek(0));
        machine.Check();
        Assert.Equal(1, Mvrange(machine, 0, 8, 0));
        Assert.Equal(101, machine.Peek(100));
    }

    [Fact]
    public void R29_a_slot_that_was_purged_while_it_was_read_is_not_taken_for_the_next_ones()
    {
        TestMachine machine = new(totalPages: 64, swapPages: 8);
        machine.Map(0, 8);
        machine.Fill(0, 8);
        machine.Kernel.Tasks.Fork(machine.Task, out TaskStruct? child);
        machine.Kernel.TaskReclaim.Write(machine.Task, "all"u8);
        machine.Kernel.TaskReclaim.Write(child!, "all"u8);
        Assert.Equal(0, Mvrange(machine, 0, 8, 1));
        Assert.Equal(0, child!.Mm!.Mvrange(At(0), Size(8), 1, 0));
        FillMemory(machine, 100);
        Assert.Equal(-1, machine.Peek(0));
        machine.Check();
        Assert.Equal(1, Mvrange(machine, 0, 8, 0));
        Assert.Equal(1, child.Mm.Mvrange(At(0), Size(8), 0, 0));
    }

    [Fact]
    public void A_frame_that_was_unmapped_takes_no_lazy_free_to_its_next_owner()
    {
        TestMachine machine = new(swapPages: 16);
        machine.Map(0, 1);
        machine.Map(5, 1);
        machine.Fill(5, 1);
        PageOut(machine, 5);
        machine.Fill(0, 1);
        machine.Mm.Madvise(At(0), Size(1), Madv.Free);
        machine.Mm.Munmap(At(0), Size(1));

        // Takes the frame, and nothing is stored to it.
        Assert.Equal(6, machine.Peek(5));
        machine.Kernel.Vmscan.Reclaim(100, direct: false);
        Assert.Equal(6, machine.Peek(5));
        machine.Check();
    }

    [Fact]
    public void What_one_task_gives_up_after_a_fork_the_other_keeps()
    {
        TestMachine machine = new(swapPages: 16);
        machine.Map(0, 2);
        machine.Fill(0, 2);
        PageOut(machine, 0, 2);

        // Swapped in to be read: memory is all there is of it, and no entry is dirty.
        Assert.Equal((1, 2), (machine.Peek(0), machine.Peek(1)));
        machine.Kernel.Tasks.Fork(machine.Task, out TaskStruct? child);
        Assert.Equal(0, child!.Mm!.Madvise(At(0), Size(2), Madv.Free));
        machine.Kernel.Vmscan.Reclaim(100, direct: false);
        Assert.Equal((1, 2), (machine.Peek(0), machine.Peek(1)));
        machine.Check();
    }

    [Fact]
    public void What_both_tasks_gave_up_goes_without_io()
    {
        TestMachine machine = new();
        machine.Map(0, 2);
        machine.Fill(0, 2);
        machine.Mm.Madvise(At(0), Size(2), Madv.Free);
        machine.Kernel.Tasks.Fork(machine.Task, out TaskStruct? child);
        Fill(child!, 1, 1);
        Assert.Equal(1, machine.Kernel.Vmscan.Reclaim(1, direct: false));
        Assert.Equal((0, 2), (machine.Peek(0) + Peek(child!, 0), Peek(child!, 1)));
        machine.Check();
    }

    [Fact]
    public void R26_a_guard_over_a_purged_page_keeps_the_loss()
    {
        TestMachine machine = new();
        machine.Map(0, 4);
        machine.Fill(0, 4);
        machine.Mark(0, 4);
        Mvrange(machine, 2, 2, 1);
        machine.Kernel.Vmscan.Reclaim(100, direct: false);
        Assert.Equal(0, machine.Mm.Madvise(At(1), Size(2), Madv.GuardInstall));
        Assert.Equal(["10000000-10001fff p", "10002000-10003fff p"], machine.Mm.ListRanges().Select(line => line.ToString()));
        Assert.False(machine.Task.Load(At(1), new byte[1]));
        Assert.Equal(Signal.SIGSEGV, machine.Task.LastSignal!.Value.Number);
        machine.Check();

        // Reported through the guard, and once it is gone.
        Assert.Equal((4096L, true), machine.Unmark(1, 1));
        Assert.Equal((4096L, false), machine.Unmark(1, 1));
        Assert.Equal(0, machine.Mm.Madvise(At(1), Size(2), Madv.GuardRemove));
        Assert.Equal((0, -1), (machine.Peek(1), machine.Peek(2)));
        Assert.Equal((4096L, true), machine.Unmark(2, 1));
        Assert.Equal(1, Mvrange(machine, 2, 1, 0));
        Assert.Equal(0, machine.Peek(2));
        machine.Check();
    }

    [Fact]
    public void R62_remap_anon_pages_does_not_cover_a_loss_up()
    {
        TestMachine machine = new();
        machine.Map(0, 2);
        machine.Map(10, 1);
        machine.Fill(0, 2);
        machine.Fill(10, 1);
        machine.Mark(0, 2);
        machine.Kernel.Vmscan.Reclaim(100, direct: false);
        Assert.Equal(-Errno.EEXIST, machine.Mm.RemapAnonPages(At(0), At(10), Size(1), 0));
        Assert.Equal((8192L, true), machine.Unmark(0, 2));
        Assert.Equal(4096, machine.Mm.RemapAnonPages(At(0), At(10), Size(1), 0));
        Assert.Equal(11, machine.Peek(0));
        machine.Check();
    }

    [Fact]
    public void R20_mremap_onto_a_purged_range_leaves_its_loss_to_be_reported()
    {
        TestMachine machine = new();
        machine.Map(0, 2);
        machine.Fill(0, 2);
        machine.Map(10, 2);
        machine.Fill(10, 2);
        Mvrange(machine, 10, 2, 1);
        machine.Kernel.Vmscan.Reclaim(100, direct: false);
        Assert.Equal((long)At(10), machine.Mm.Mremap(At(0), Size(2), Size(2), MremapFlags.MayMove | MremapFlags.Fixed, At(10)));
        Assert.Equal(0, machine.Kernel.Vmscan.Reclaim(100, direct: false));
        Assert.Equal(1, machine.Peek(10));
        Assert.Equal(1, Mvrange(machine, 10, 2, 0));
        machine.Check();
    }

    [Fact]
    public void R21_a_page_that_another_task_has_mapped_from_swap_is_not_purged()
    {
        TestMachine machine = new(swapPages: 16);
        machine.Map(0, 2);
        machine.Fill(0, 2);
        machine.Kernel.Tasks.Fork(machine.Task, out TaskStruct? child);
        machine.Kernel.TaskReclaim.Write(machine.Task, "all"u8);
        machine.Kernel.TaskReclaim.Write(child!, "all"u8);
        Assert.Equal(1, Peek(child!, 0));
        Mvrange(machine, 0, 1, 1);
        Assert.Equal(0, machine.Kernel.Ranges.Discard(long.MaxValue, VrangeOwners.Tasks, wait: true));
        Assert.Equal(0, machine.Mm.PurgedMarkers);
        Assert.Equal((1, 1), (machine.Peek(0), Peek(child!, 0)));
        machine.Check();
    }

    [Fact]
    public void R29_a_page_in_swap_goes_when_the_last_task_that_has_it_makes_it_volatile()
    {
        TestMachine machine = new(swapPages: 16);
        machine.Map(0, 2);
        machine.Fill(0, 2);
        machine.Kernel.Tasks.Fork(machine.Task, out TaskStruct? child);
        machine.Kernel.TaskReclaim.Write(machine.Task, "all"u8);
        machine.Kernel.TaskReclaim.Write(child!, "all"u8);
        Assert.Equal(2, machine.Kernel.Swap!.UsedSlots);
        machine.Mark(0, 2);
        Assert.Equal(0, machine.Kernel.Vmscan.Reclaim(2, direct: false));
        Assert.Equal(0, child!.Mm!.Mvrange(At(0), Size(2), 1, 0));
        Assert.Equal(2, machine.Kernel.Vmscan.Reclaim(2, direct: false));
        Assert.Equal(0, machine.Kernel.Swap.UsedSlots);
        Assert.Equal((8192L, true), machine.Unmark(0, 2));
        Assert.Equal(1, child.Mm.Mvrange(At(0), Size(2), 0, 0));
        machine.Check();
    }

    [Fact]
    public void R33_reclaim_purges_volatile_shared_pages_and_swaps_the_others()
    {
        TestMachine machine = new(swapPages: 16);
        machine.Map(0, 4, MapFlags.Shared);
        machine.Fill(0, 4);
        Mvrange(machine, 0, 2, 1);
        machine.Kernel.TaskReclaim.Write(machine.Task, "file"u8);
        Assert.Equal(2, machine.Kernel.Swap!.UsedSlots);
        Assert.Equal(2, machine.Kernel.Ranges.Discarded);
        Assert.Equal([0, 0, 3, 4], Enumerable.Range(0, 4).Select(machine.Peek));
        Assert.Equal(1, Mvrange(machine, 0, 2, 0));
        machine.Check();
    }

    [Fact]
    public void R33a_reclaim_over_a_mapping_that_was_not_opened_for_writing_purges_nothing()
    {
        TestMachine machine = new(swapPages: 16);
        PageCache ring = machine.Kernel.Files.CreateShmem(4 * 4096);
        machine.Mm.Mmap(At(0), Size(4), Prot.Read | Prot.Write, MapFlags.Shared | MapFlags.Fixed, new VmFile(ring, "/ring"));
        machine.Fill(0, 4);
        Mvrange(machine, 0, 4, 1);
        TaskStruct reader = machine.Kernel.Tasks.Create("reader")!;
        reader.Mm!.Mmap(At(0), Size(4), Prot.Read, MapFlags.Shared | MapFlags.Fixed, new VmFile(ring, "/ring", Writable: false));
        Assert.Equal(3, Peek(reader, 2));
        machine.Kernel.TaskReclaim.Write(reader, "all"u8);
        Assert.Equal(0, reader.Mm.Rss);
        machine.Mm.Munmap(At(0), Size(4));
        Assert.Equal(3, Peek(reader, 2));
        machine.Kernel.TaskReclaim.Write(reader, "all"u8);
        reader.Mm.Madvise(At(0), Size(4), Madv.PageOut);
        Assert.Equal(0, machine.Kernel.Ranges.Discarded);
        Assert.Equal([1, 2, 3, 4], Enumerable.Range(0, 4).Select(page => Peek(reader, page)));
        machine.Check();
    }
}
