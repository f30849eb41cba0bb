using KernelModel.Mm;
using KernelModel.Tasks;
using KernelModel.Tests.Mapping;
using KernelModel.Vrange;
using static KernelModel.Tests.Mm.TestMachine;

namespace KernelModel.Tests.Mm;

/// <summary>What calls cost as there is more of everything.</summary>
public sealed class GrowthTests
{
    private const int Batch = 32;

    [Fact]
    public void Reclaim_after_a_mark_that_was_taken_back()
    {
        Growth.IsLinear(4000, pages =>
        {
            TestMachine machine = new(pages * 2, swapPages: pages * 2);
            machine.Map(0, pages);
            machine.Fill(0, pages);
            machine.Mark(0, 1);
            machine.Unmark(0, 1);
            return () => ReclaimInBatches(machine, pages);
        });
    }

    [Fact]
    public void Reclaim_of_pages_of_which_the_warm_half_is_volatile()
    {
        Growth.IsLinear(4000, pages =>
        {
            TestMachine machine = new(pages * 2, swapPages: pages * 2);
            machine.Map(0, pages);
            machine.Fill(0, pages);
            machine.Mark(pages / 2, pages / 2);
            return () => ReclaimInBatches(machine, pages);
        });
    }

    [Fact]
    public void Reclaim_beside_volatile_pages_that_another_task_keeps()
    {
        Growth.IsLinear(4000, pages =>
        {
            TestMachine machine = new(pages * 4, swapPages: pages * 4);
            machine.Map(0, pages * 2);
            machine.Fill(0, pages);
            machine.Kernel.Tasks.Fork(machine.Task, out _);
            machine.Mark(0, pages);
            machine.Mm.Mvrange(At(0), Size(pages), 1, 0);
            machine.Fill(pages, pages);
            return () => ReclaimInBatches(machine, pages);
        });
    }

    [Fact]
    public void Small_reclaims_beside_marks_of_a_mounts_files()
    {
        Growth.IsConstant(20_000, marks =>
        {
            TestFile file = new();
            TestMachine machine = new(20_000, swapPages: 20_000, file.Lru);
            for (int i = 0; i < marks; i++)
                file.Mark((ulong)i * 2, (ulong)i * 2);
            machine.Map(0, 12_800);
            machine.Fill(0, 12_800);
            return () => ReclaimInBatches(machine, 12_800);
        });
    }

    [Fact]
    public void Reclaim_of_pages_with_marks_on_every_other()
    {
        Growth.IsLinear(1000, pages =>
        {
            TestMachine machine = new(pages * 2, swapPages: pages * 2);
            machine.Map(0, pages);
            machine.Fill(0, pages);
            for (int page = 0; page < pages; page += 2)
                machine.Mark(page, 1);
            return () => ReclaimInBatches(machine, pages);
        });
    }

    [Fact]
    public void Purge_of_a_file_that_is_mapped_page_by_page()
    {
        Growth.IsLinear(500, pages =>
        {
            TestMachine machine = new(pages * 2);
            MapPageByPage(machine, pages);
            machine.Fill(0, pages);
            machine.Mm.Mvrange(At(0), Size(pages), 1, 0);
            return () => Assert.Equal(pages, machine.Kernel.Ranges.Discard(pages, VrangeOwners.Tasks, wait: true));
        });
    }

    [Fact]
    public void Exit_with_many_mappings_of_a_file()
    {
        Growth.IsLinear(4000, areas =>
        {
            TestMachine machine = new();
            MapPageByPage(machine, areas);
            return () => machine.Kernel.Tasks.Exit(machine.Task, 0);
        });
    }

    [Fact]
    public void Exit_with_areas_far_apart()
    {
        Growth.IsLinear(2000, areas =>
        {
            TestMachine machine = new(50_000);
            for (int i = 0; i < areas; i++)
            {
                ulong address = 1UL << 40 | (ulong)i << 30;
                Assert.Equal((long)address, machine.Mm.Mmap(address, 4096, Prot.Read | Prot.Write, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed));
                Assert.True(machine.Task.Store(address, [1]));
            }

            return () => machine.Kernel.Tasks.Exit(machine.Task, 0);
        });
    }

    [Fact]
    public void Unmapping_one_by_one_what_a_fork_shares()
    {
        Growth.IsLinear(1000, pages =>
        {
            TestMachine machine = new(pages * 2);
            machine.Map(0, pages);
            machine.Fill(0, pages);
            for (int page = 0; page < pages; page += 2)
                machine.Mm.Mprotect(At(page), Size(1), Prot.Read);
            machine.Kernel.Tasks.Fork(machine.Task, out TaskStruct? child);
            return () =>
            {
                for (int page = 0; page < pages; page++)
                    Assert.Equal(0, child!.Mm!.Munmap(At(page), Size(1)));
            };
        });
    }

    [Fact]
    public void Swapping_out_to_a_device_that_is_nearly_full()
    {
        Growth.IsLinear(2000, pages =>
        {
            TestMachine machine = new(pages * 2, swapPages: pages);
            machine.Map(0, pages + 1);
            machine.Fill(0, pages + 1);
            machine.Mm.Madvise(At(0), Size(pages - 1), Madv.PageOut);
            return () =>
            {
                // One slot is free, always another one.
                for (int i = 0; i < pages - 1; i++)
                {
                    machine.Mm.Madvise(At(pages), Size(1), Madv.PageOut);
                    Assert.True(machine.Task.Store(At(pages), [1]));
                    Assert.True(machine.Task.Store(At((i * 7919L) % (pages - 1)), [1]));
                    machine.Mm.Madvise(At((i * 7919L) % (pages - 1)), Size(1), Madv.PageOut);
                }
            };
        });
    }

    private static void ReclaimInBatches(TestMachine machine, int pages)
    {
        for (int freed = 0; freed < pages;)
        {
            int got = machine.Kernel.Vmscan.Reclaim(Batch, direct: true);
            Assert.True(got > 0, $"Stuck after {freed} of {pages} pages.");
            freed += got;
        }
    }

    // Neighbours show pages of the file in reverse, so that they never merge.
    private static void MapPageByPage(TestMachine machine, int pages)
    {
        VmFile file = new(machine.Kernel.Files.CreateShmem(pages * 4096L), "/f");
        for (int page = 0; page < pages; page++)
        {
            ulong offset = (ulong)(pages - 1 - page) * 4096;
            Assert.Equal((long)At(page), machine.Mm.Mmap(At(page), Size(1), Prot.Read | Prot.Write, MapFlags.Shared | MapFlags.Fixed, file, offset));
        }
    }
}
