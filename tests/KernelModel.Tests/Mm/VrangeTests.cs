using KernelModel.Mm;
using KernelModel.Tasks;
using static KernelModel.Tests.Mm.TestMachine;

namespace KernelModel.Tests.Mm;

/// <summary>vrange(2) on VMAs: R21 to R29.</summary>
public sealed class VrangeTests
{
    [Fact]
    public void R23_bad_arguments_are_refused_in_order()
    {
        TestMachine machine = new();
        machine.Map(0, 4);
        Assert.Equal(-Errno.EINVAL, machine.Mm.Vrange(At(0), Size(1), 1, 1, out _));
        Assert.Equal(-Errno.EINVAL, machine.Mm.Vrange(At(0) + 1, Size(1), 1, 0, out _));
        Assert.Equal(-Errno.EINVAL, machine.Mm.Vrange(At(0), 4095, 1, 0, out _));
        Assert.Equal(-Errno.EINVAL, machine.Mm.Vrange(At(0), ulong.MaxValue - 4095, 1, 0, out _));
        Assert.Equal(-Errno.EINVAL, machine.Mm.Vrange(MmStruct.TaskSize, Size(1), 1, 0, out _));
        Assert.Equal(-Errno.EINVAL, machine.Mm.Vrange(At(0), 1UL << 63, 1, 0, out _));
        Assert.Equal(-Errno.EINVAL, machine.Mm.Vrange(At(0), Size(1), 2, 0, out _));
        Assert.Equal(4096, machine.Mm.Vrange(At(0), 8191, 1, 0, out _));
    }

    [Fact]
    public void R24_the_walk_ends_at_what_cannot_be_volatile()
    {
        TestMachine machine = new();
        machine.Map(0, 2);
        machine.Map(4, 2, MapFlags.Shared);
        machine.Map(8, 2);
        machine.Mm.Mlock(At(8), Size(1));
        machine.Map(12, 2);
        machine.Mm.Mpin(At(13), Size(1));
        machine.Map(16, 2, MapFlags.Private | MapFlags.Special);
        Assert.Equal(8192, machine.Mark(0, 4));
        Assert.Equal(-Errno.ENOMEM, machine.Mark(2, 1));
        Assert.Equal(-Errno.EINVAL, machine.Mark(4, 1));
        Assert.Equal(0, machine.Mark(8, 2));
        Assert.Equal(4096, machine.Mark(9, 1));
        Assert.Equal(4096, machine.Mark(12, 2));
        Assert.Equal(0, machine.Mark(16, 2));
    }

    [Fact]
    public void R80_R24_a_hugetlb_area_ends_the_walk()
    {
        TestMachine machine = new();
        const MapFlags Huge = MapFlags.Private | MapFlags.Anonymous | MapFlags.HugeTlb;
        long address = machine.Mm.Mmap(0, 2 << 20, Prot.Read, Huge);
        Assert.True(address > 0 && address % (2 << 20) == 0);
        Assert.Equal(0, machine.Mm.Vrange((ulong)address, Size(1), 1, 0, out _));

        // The length is rounded up, as mmap(2) of anonymous huge pages does.
        Assert.Equal(address - (2 << 20), machine.Mm.Mmap(0, 4096, Prot.Read, Huge));
    }

    [Fact]
    public void R25_areas_split_in_three_at_most_and_merge_again()
    {
        TestMachine machine = new();
        machine.Map(0, 10);
        machine.Mark(3, 2);
        Assert.Equal("0-3 3-5v 5-10", machine.Areas());
        machine.Mark(3, 2);
        Assert.Equal("0-3 3-5v 5-10", machine.Areas());
        machine.Mark(5, 2);
        Assert.Equal("0-3 3-7v 7-10", machine.Areas());
        machine.Unmark(0, 10);
        Assert.Equal("0-10", machine.Areas());
    }

    [Fact]
    public void R26_a_part_of_an_area_reports_its_own_loss()
    {
        TestMachine machine = new();
        machine.Map(0, 8);
        machine.Fill(2, 1);
        machine.Mark(0, 8);
        Assert.Equal(1, machine.Kernel.Vmscan.Reclaim(100, direct: false));
        Assert.Equal((8192L, false), machine.Unmark(0, 2));
        machine.Mm.Madvise(At(2), Size(1), Madv.DontNeed);
        Assert.Equal((8192L, true), machine.Unmark(2, 2));
        Assert.Equal((8192L, false), machine.Unmark(2, 2));
        machine.Check();
    }

    [Fact]
    public void R26_mremap_moves_the_marker()
    {
        TestMachine machine = new();
        machine.Map(0, 4);
        machine.Fill(0, 4);
        machine.Mark(0, 4);
        machine.Kernel.Vmscan.Reclaim(100, direct: false);
        machine.Mm.Mremap(At(0), Size(4), Size(4), MremapFlags.MayMove | MremapFlags.Fixed, At(10));
        Assert.Equal((16384L, true), machine.Unmark(10, 4));
        machine.Check();
    }

    [Fact]
    public void R27_access_to_a_purged_page_is_a_sigbus_at_the_exact_byte()
    {
        TestMachine machine = new();
        machine.Map(0, 4);
        machine.Fill(0, 2);
        machine.Mark(0, 4);
        machine.Kernel.Vmscan.Reclaim(100, direct: false);
        Assert.False(machine.Task.Load(At(1) + 77, new byte[1]));
        Assert.Equal(new Signal(Signal.SIGBUS, Signal.BUS_ADRERR, At(1) + 77), machine.Task.LastSignal);
        Assert.Equal(-Errno.EFAULT, machine.Mm.Read(At(1), new byte[8]));
        Assert.Equal(0, machine.Peek(3));
        byte[] resident = new byte[2];
        machine.Mm.Mincore(At(0), Size(2), resident);
        Assert.Equal(new byte[2], resident);
        machine.Unmark(0, 4);
        Assert.Equal(0, machine.Peek(1));
    }

    [Fact]
    public void R28_volatile_pages_go_before_anything_is_swapped()
    {
        TestMachine machine = new(totalPages: 512, swapPages: 1024);
        machine.Map(0, 300);
        machine.Fill(0, 200);
        machine.Mark(100, 100);
        machine.Kernel.Vmscan.Reclaim(60, direct: true);
        Assert.Equal(0, machine.Kernel.Swap!.UsedSlots);
        Assert.Equal(60, machine.Mm.PurgedMarkers);
        Assert.Equal(60, machine.Kernel.Ranges.DiscardedDirect);
        machine.Check();
    }

    [Fact]
    public void R28_advice_to_page_out_purges_what_is_volatile()
    {
        TestMachine machine = new(swapPages: 64);
        machine.Map(0, 8);
        machine.Fill(0, 8);
        machine.Mark(0, 4);
        machine.Mm.Madvise(At(0), Size(8), Madv.PageOut);
        Assert.Equal(4, machine.Kernel.Swap!.UsedSlots);
        Assert.Equal((4L, 4L), (machine.Mm.PurgedMarkers, machine.Mm.SwapEntries));
        Assert.Equal((16384L, true), machine.Unmark(0, 4));
        machine.Check();
    }

    [Fact]
    public void R29_pages_in_swap_are_purged_without_io()
    {
        TestMachine machine = new(swapPages: 64);
        machine.Map(0, 8);
        machine.Fill(0, 8);
        machine.Mm.Madvise(At(0), Size(8), Madv.PageOut);
        Assert.Equal(8, machine.Kernel.Swap!.UsedSlots);
        machine.Mark(0, 4);
        Assert.Equal(4, machine.Kernel.Vmscan.Reclaim(4, direct: false));
        Assert.Equal(4, machine.Kernel.Swap.UsedSlots);
        Assert.Equal((16384L, true), machine.Unmark(0, 4));
        Assert.Equal(8, machine.Peek(7));
        machine.Check();
    }

    [Fact]
    public void R21_a_shared_page_stays_for_the_one_that_does_not_give_it_up()
    {
        TestMachine machine = new();
        machine.Map(0, 4);
        machine.Fill(0, 4);
        machine.Kernel.Tasks.Fork(machine.Task, out TaskStruct? child);
        machine.Mark(0, 4);
        Assert.Equal(0, machine.Kernel.Vmscan.Reclaim(100, direct: false));
        Fill(child!, 0, 1);
        Assert.Equal(1, machine.Kernel.Vmscan.Reclaim(100, direct: false));
        child!.Mm!.Vrange(At(1), Size(3), 1, 0, out _);
        Assert.Equal(3, machine.Kernel.Vmscan.Reclaim(100, direct: false));
        Assert.Equal(1, Peek(child, 0));
        Assert.Equal(-1, Peek(child, 1));
        machine.Check();
    }

    [Fact]
    public void R22_fork_copies_volatility_and_losses_and_exec_drops_them()
    {
        TestMachine machine = new();
        machine.Map(0, 2);
        machine.Fill(0, 2);
        machine.Mark(0, 2);
        machine.Kernel.Vmscan.Reclaim(100, direct: false);
        machine.Kernel.Tasks.Fork(machine.Task, out TaskStruct? child);
        Assert.Equal(8192, child!.Mm!.Vrange(At(0), Size(2), 0, 0, out bool purged));
        Assert.True(purged);
        Assert.Equal((8192L, true), machine.Unmark(0, 2));
        machine.Kernel.Tasks.Exec(child, "next");
        Assert.Empty(child.Mm!.ListRanges());
        machine.Check();
    }

    [Fact]
    public void R25_random_marks_agree_with_a_map_of_pages()
    {
        Random random = new(11);
        TestMachine machine = new(swapPages: 64);
        machine.Map(0, 40);
        bool[] isVolatile = new bool[40];
        bool[] resident = new bool[40];
        bool[] lost = new bool[40];
        for (int i = 0; i < 3000; i++)
        {
            int page = random.Next(40);
            int pages = random.Next(1, 41 - page);
            switch (random.Next(4))
            {
                case 0:
                    Assert.Equal((long)Size(pages), machine.Mark(page, pages));
                    Array.Fill(isVolatile, true, page, pages);
                    break;
                case 1:
                    Assert.Equal(((long)Size(pages), lost.AsSpan(page, pages).Contains(true)), machine.Unmark(page, pages));
                    Array.Fill(isVolatile, false, page, pages);
                    Array.Fill(lost, false, page, pages);
                    break;
                case 2 when !lost[page]:
                    machine.Fill(page, 1);
                    resident[page] = true;
                    break;
                case 3 when i % 16 == 0:
                    machine.Kernel.Vmscan.Reclaim(1000, direct: false);
                    for (int p = 0; p < 40; p++)
                    {
                        lost[p] |= resident[p] && isVolatile[p];
                        resident[p] &= !isVolatile[p];
                    }

                    break;
            }

            for (int p = 0; p < 40; p++)
                Assert.Equal(isVolatile[p], (machine.Mm.Lookup(At(p))!.Flags & VmFlags.Volatile) != 0);
            if (i % 50 == 0)
                machine.Check();
        }
    }

    [Fact]
    public void R70_meminfo_counts_pages_and_not_ranges()
    {
        TestMachine machine = new();
        machine.Map(0, 100);
        machine.Fill(0, 10);
        machine.Mark(5, 50);
        Assert.Equal((5, 0), (machine.Kernel.GetMemoryInfo().Volatile, machine.Kernel.GetMemoryInfo().Purged));
        machine.Kernel.Vmscan.Reclaim(2, direct: false);
        Assert.Equal((3, 2), (machine.Kernel.GetMemoryInfo().Volatile, machine.Kernel.GetMemoryInfo().Purged));
        Assert.Equal(2, machine.Kernel.Ranges.DiscardedBackground);
        machine.Unmark(0, 100);
        Assert.Equal((0, 0), (machine.Kernel.GetMemoryInfo().Volatile, machine.Kernel.GetMemoryInfo().Purged));
    }
}
