using KernelModel.Mm;
using KernelModel.Tasks;
using KernelModel.Vrange;
using static KernelModel.Tests.Mm.TestMachine;

namespace KernelModel.Tests.Mm;

/// <summary>mvrange on the root of an mm: R20, and with it R4 to R8; the listing of R40 and R41.</summary>
public sealed class MvrangeTests
{
    private static int Mark(TestMachine machine, int page, int pages, uint behavior = 0)
        => machine.Mm.Mvrange(At(page), Size(pages), 1, behavior);

    private static int Unmark(TestMachine machine, int page, int pages) => machine.Mm.Mvrange(At(page), Size(pages), 0, 0);

    [Fact]
    public void R20_marks_are_accepted_over_holes_and_report_a_purge_once()
    {
        TestMachine machine = new();
        machine.Map(4, 4);
        machine.Fill(4, 4);
        Assert.Equal(0, Mark(machine, 0, 10));
        Assert.Equal(4, machine.Kernel.Vmscan.Reclaim(1, direct: false));
        Assert.Equal(-1, machine.Peek(4));
        Assert.Equal(1, Unmark(machine, 0, 10));
        Assert.Equal(0, Unmark(machine, 0, 10));
        Assert.Equal(0, machine.Peek(4));
        Assert.Equal(-Errno.EINVAL, machine.Mm.Mvrange(At(0), Size(1), 1, 2));
        machine.Check();
    }

    [Fact]
    public void R8_a_partial_range_gives_32_pages_at_a_time()
    {
        TestMachine machine = new();
        machine.Map(0, 100);
        machine.Fill(0, 100);
        Mark(machine, 0, 100, (uint)VrangeBehavior.Partial);
        Assert.Equal(32, machine.Kernel.Vmscan.Reclaim(1, direct: false));
        Assert.Equal(-1, machine.Peek(31));
        Assert.Equal(33, machine.Peek(32));
        Assert.Equal(64, machine.Kernel.Vmscan.Reclaim(33, direct: false));
        machine.Check();
    }

    [Fact]
    public void R20_a_new_mapping_ends_the_mark_and_leaves_the_loss()
    {
        TestMachine machine = new();
        machine.Map(0, 4);
        machine.Fill(0, 4);
        Mark(machine, 0, 4);
        machine.Kernel.Vmscan.Reclaim(1, direct: false);
        machine.Map(0, 2);
        machine.Fill(0, 2);
        Assert.Equal(0, machine.Kernel.Vmscan.Reclaim(1, direct: false));
        Assert.Equal(1, machine.Peek(0));
        Assert.Equal(1, Unmark(machine, 0, 1));
        Assert.Equal(1, Unmark(machine, 2, 1));
    }

    [Fact]
    public void R20_mremap_moves_marks_with_the_pages()
    {
        TestMachine machine = new();
        machine.Map(0, 8);
        machine.Fill(0, 8);
        Mark(machine, 0, 8);
        machine.Kernel.Vmscan.Reclaim(1, direct: false);
        machine.Mm.Mremap(At(2), Size(2), Size(2), MremapFlags.MayMove | MremapFlags.Fixed, At(20));
        Assert.Equal(0, Unmark(machine, 2, 2));
        Assert.Equal(1, Unmark(machine, 20, 1));
        Assert.Equal(1, Unmark(machine, 21, 1));
        Assert.Equal(1, Unmark(machine, 0, 1));
        machine.Check();
    }

    [Fact]
    public void R20_a_page_under_both_calls_is_reported_by_each()
    {
        TestMachine machine = new();
        machine.Map(0, 2);
        machine.Fill(0, 2);
        machine.Mark(0, 2);
        Mark(machine, 0, 2);
        machine.Kernel.Vmscan.Reclaim(2, direct: false);
        Assert.Equal((8192L, true), machine.Unmark(0, 2));
        Assert.Equal(-1, machine.Peek(0));
        Assert.Equal(1, Unmark(machine, 0, 2));
        Assert.Equal(0, machine.Peek(0));
        machine.Check();
    }

    [Fact]
    public void R20_a_shared_mapping_marks_the_file()
    {
        TestMachine machine = new();
        PageCache cache = machine.Kernel.Files.CreateShmem(8 * 4096);
        VmFile file = new(cache, "/ring");
        machine.Mm.Mmap(At(0), Size(4), Prot.Read | Prot.Write, MapFlags.Shared | MapFlags.Fixed, file, 4096);
        machine.Fill(0, 4);
        Mark(machine, 1, 2);
        Assert.Equal([new VrangeLine(At(1), At(3) - 1, false, "/ring")], machine.Mm.ListRanges());
        Assert.Equal(2, machine.Kernel.Vmscan.Reclaim(1, direct: false));
        Assert.Equal(0, machine.Peek(1));
        Assert.Equal(4, machine.Peek(3));
        Assert.Equal(1, Unmark(machine, 0, 4));
        machine.Check();
    }

    [Fact]
    public void R20_behind_the_end_of_the_address_space_nothing_is_marked()
    {
        TestMachine machine = new();
        machine.Map(0, 4);
        machine.Fill(0, 4);
        Assert.Equal(0, machine.Mm.Mvrange(At(2), 1UL << 62, 1, 0));
        Assert.Equal([new VrangeLine(At(2), MmStruct.TaskSize - 1, false, null)], machine.Mm.ListRanges());
        Assert.Equal(2, machine.Kernel.Vmscan.Reclaim(100, direct: false));
        Assert.Equal([1, 2, -1, -1], Enumerable.Range(0, 4).Select(machine.Peek));

        // 2^48 bytes further on is no page of the task.
        Assert.Equal(0, machine.Mm.Mvrange(At(4), 1UL << 62, 0, 0) & Unmark(machine, 4, 1));
        Assert.Equal(-1, machine.Peek(3));
        Assert.Equal(default, machine.Mm.ViewOf(At(0) + (1UL << 48)));
        Assert.Equal(1, Unmark(machine, 0, 4));
        machine.Check();
    }

    [Fact]
    public void R20_a_shared_mapping_of_a_file_not_opened_for_writing_is_refused_and_nothing_has_changed()
    {
        TestMachine machine = new();
        PageCache cache = machine.Kernel.Files.CreateShmem(8 * 4096);
        machine.Map(0, 4);
        machine.Mm.Mmap(At(4), Size(4), Prot.Read, MapFlags.Shared | MapFlags.Fixed, new VmFile(cache, "/ring", Writable: false));
        Assert.Equal(-Errno.EACCES, Mark(machine, 0, 8));
        Assert.Empty(machine.Mm.ListRanges());

        // Who may write marks it; who may not takes nothing back, and the loss stays.
        machine.Mm.Mmap(At(10), Size(8), Prot.Read, MapFlags.Shared | MapFlags.Fixed, new VmFile(cache, "/ring"));
        Assert.Equal(0, Mark(machine, 10, 8));
        machine.Kernel.Vmscan.Reclaim(1, direct: false);
        Assert.Equal(-Errno.EACCES, Unmark(machine, 0, 8));
        Assert.Equal(1, Unmark(machine, 10, 8));

        // What the mapping copies is the task's.
        machine.Mm.Mmap(At(4), Size(4), Prot.Read, MapFlags.Private | MapFlags.Fixed, new VmFile(cache, "/ring", Writable: false));
        Assert.Equal(0, Mark(machine, 0, 8));
        machine.Check();
    }

    [Fact]
    public void R13_R21_locked_pages_are_not_purged()
    {
        TestMachine machine = new();
        machine.Map(0, 4);
        machine.Fill(0, 4);
        machine.Mm.Mlock(At(0), Size(1));
        machine.Mm.Mpin(At(1), Size(1));
        Mark(machine, 0, 4);
        Assert.Equal(2, machine.Kernel.Vmscan.Reclaim(100, direct: false));
        Assert.Equal(1, machine.Peek(0));
        Assert.Equal(2, machine.Peek(1));
        Assert.Equal(1, Unmark(machine, 0, 1));
    }

    [Fact]
    public void R22_fork_copies_ranges_and_munmap_drops_them()
    {
        TestMachine machine = new();
        machine.Map(0, 4);
        machine.Fill(0, 4);
        Mark(machine, 0, 4);
        machine.Kernel.Tasks.Fork(machine.Task, out TaskStruct? child);
        Assert.Equal(4, machine.Kernel.Vmscan.Reclaim(100, direct: false));
        Assert.Equal(1, child!.Mm!.Mvrange(At(0), Size(4), 0, 0));
        machine.Mm.Munmap(At(0), Size(4));
        Assert.Equal(0, Unmark(machine, 0, 4));
        machine.Kernel.Tasks.Exit(child, 0);
        Assert.Equal(0, machine.Kernel.Ranges.Count);
        machine.Check();
    }

    [Fact]
    public void R40_R41_the_listing_splits_where_covers_overlap()
    {
        TestMachine machine = new();
        machine.Map(0, 10);
        machine.Fill(4, 1);
        machine.Mark(2, 6);
        Mark(machine, 5, 5);
        machine.Kernel.Vmscan.Reclaim(1, direct: false);
        string[] lines = [.. machine.Mm.ListRanges().Select(line => line.ToString())];
        Assert.Equal(
            ["10002000-10003fff v", "10004000-10004fff p", "10005000-10007fff p", "10008000-10009fff p"],
            lines);
    }

    [Fact]
    public void R7_R20_random_marks_agree_with_a_map_of_pages()
    {
        Random random = new(7);
        TestMachine machine = new();
        machine.Map(0, 32);
        machine.Fill(0, 32);
        int[] range = new int[32];
        bool[] purged = new bool[32];
        int next = 1;
        for (int i = 0; i < 4000; i++)
        {
            int page = random.Next(32);
            int pages = random.Next(1, 33 - page);
            if (random.Next(20) == 0)
            {
                // Every range is a victim, whatever is in it (R6).
                machine.Kernel.Ranges.Discard(long.MaxValue, VrangeOwners.Tasks, wait: true);
                for (int p = 0; p < 32; p++)
                    purged[p] |= range[p] != 0;
            }
            else if (random.Next(2) == 0)
            {
                Mark(machine, page, pages);
                MarkOracle(range, purged, page, pages, ref next);
            }
            else
            {
                Assert.Equal(purged.AsSpan(page, pages).Contains(true) ? 1 : 0, Unmark(machine, page, pages));
                Array.Clear(purged, page, pages);
                Array.Clear(range, page, pages);

                // What is left right of the cut is a range of its own.
                int cut = next++;
                int old = page + pages < 32 ? range[page + pages] : 0;
                for (int p = page + pages; old != 0 && p < 32 && range[p] == old; p++)
                    range[p] = cut;
            }

            for (int p = 0; p < 32; p++)
            {
                if (range[p] == 0)
                    machine.Fill(p, 1);
            }
        }

        machine.Check();
    }

    // R4: inside one range nothing changes; overlapped ranges become one, purged if any was.
    private static void MarkOracle(int[] range, bool[] purged, int page, int pages, ref int next)
    {
        HashSet<int> met = [.. range.Skip(page).Take(pages).Where(id => id != 0)];
        if (met.Count == 1 && range.Skip(page).Take(pages).All(id => id != 0))
            return;
        bool any = false;
        int fresh = next++;
        for (int p = 0; p < range.Length; p++)
        {
            if (met.Contains(range[p]) || (p >= page && p < page + pages))
            {
                any |= purged[p] && met.Contains(range[p]);
                range[p] = fresh;
            }
        }

        for (int p = 0; p < range.Length; p++)
        {
            if (range[p] == fresh)
                purged[p] = any;
        }
    }
}
