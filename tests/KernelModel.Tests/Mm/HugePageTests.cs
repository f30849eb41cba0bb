using KernelModel.Mm;
using KernelModel.Tasks;

namespace KernelModel.Tests.Mm;

/// <summary>
/// R80, huge pages: what the differential tests do not see - contents, and what the seeds' calls do with them.
/// </summary>
public sealed class HugePageTests
{
    private const ulong Start = 0x4000_0000;
    private const ulong Huge = 2 << 20;

    private readonly TestMachine _machine = new(totalPages: 16384);

    private MmStruct Mm => _machine.Mm;

    private void Map(int pages, string type = "private", string more = "")
        => Assert.Equal((long)Start, _machine.Task.Syscall($"mmap 0x{Start:x} {pages * 2}M rw {type} anon hugetlb fixed {more}").Value);

    private static byte Peek(TaskStruct task, ulong address)
    {
        byte[] one = new byte[1];
        Assert.True(task.Load(address, one));
        return one[0];
    }

    [Fact]
    public void R80_bytes_are_where_they_were_stored()
    {
        Map(2);
        byte[] text = [.. Enumerable.Range(0, 10000).Select(i => (byte)i)];
        Assert.True(_machine.Task.Store(Start + Huge - 5000, text));
        byte[] back = new byte[text.Length];
        Assert.True(_machine.Task.Load(Start + Huge - 5000, back));
        Assert.Equal(text, back);
        Assert.Equal(0, Peek(_machine.Task, Start));
        Assert.Equal(1024, Mm.HugetlbPages);
        Assert.Equal(0, Mm.Rss);
        Reclaim.MemoryInfo info = _machine.Kernel.GetMemoryInfo();
        Assert.Equal((2, 0, 0, 2), (info.HugePagesTotal, info.HugePagesFree, info.HugePagesRsvd, info.HugePagesSurp));
        _machine.Check();
        Assert.Equal(0, Mm.Munmap(Start, 2 * Huge));
        Assert.Equal(0, _machine.Kernel.HugePages.Total);
        InvariantTests.AssertAllGivenBack(_machine.Kernel, filesStay: false);
    }

    [Fact]
    public void R80_fork_shares_until_somebody_stores()
    {
        Map(1);
        Assert.True(_machine.Task.Store(Start + 7, [1]));
        _machine.Kernel.Tasks.Fork(_machine.Task, out TaskStruct? child);
        Assert.Equal(1, _machine.Kernel.HugePages.Total - _machine.Kernel.HugePages.Free);
        Assert.True(child!.Store(Start + 7, [2]));
        Assert.Equal(2, _machine.Kernel.HugePages.Total - _machine.Kernel.HugePages.Free);
        Assert.Equal(1, Peek(_machine.Task, Start + 7));
        Assert.Equal(2, Peek(child, Start + 7));
        _machine.Check();
        _machine.Kernel.Tasks.Exit(child, 0);
        _machine.Kernel.Tasks.Exit(_machine.Task, 0);
        InvariantTests.AssertAllGivenBack(_machine.Kernel, filesStay: false);
    }

    [Fact]
    public void R80_a_shared_mapping_is_one_memory_and_a_hole_is_zeros()
    {
        Map(2, "shared");
        _machine.Kernel.Tasks.Fork(_machine.Task, out TaskStruct? child);
        Assert.True(child!.Store(Start + 5, [3]));
        Assert.True(child.Store(Start + Huge + 5, [4]));
        Assert.Equal(3, Peek(_machine.Task, Start + 5));
        Assert.Equal(0, _machine.Task.Syscall($"madvise 0x{Start:x} {(2 << 20) + 4096} remove").Value);
        Assert.Equal(0, Peek(child, Start + 5));
        Assert.Equal(0, Peek(child, Start + Huge + 5));
        _machine.Check();
    }

    [Fact]
    public void R80_a_pool_that_is_empty_is_ENOMEM_at_mmap_and_SIGBUS_without_reservation()
    {
        _machine.Kernel.HugePages.SetMax(1);
        Kernel small = new(new KernelOptions { OvercommitHugePages = 0 });
        TaskStruct task = small.Tasks.Create("t")!;
        Assert.Equal(-Errno.ENOMEM, task.Syscall("mmap 0 2M rw private anon hugetlb").Value);
        long address = task.Syscall("mmap 0 2M rw private anon hugetlb noreserve").Value;
        Assert.False(task.Store((ulong)address + 9, [1]));
        Assert.Equal(new Signal(Signal.SIGBUS, Signal.BUS_ADRERR, (ulong)address + 9), task.LastSignal);
        Assert.Equal(0, small.Stat[Reclaim.VmStatItem.OomKill]);
        small.HugePages.SetMax(3);
        Assert.Equal(3, small.HugePages.Free);
        Assert.True(task.Store((ulong)address + 9, [1]));
        small.HugePages.SetMax(0);
        Assert.Equal((1, 1), (small.HugePages.Total, small.HugePages.Surplus));
        Invariants.Check(small);
        Assert.Equal(0, task.Mm!.Munmap((ulong)address, Huge));
        Assert.Equal(0, small.HugePages.Total);
        Assert.Equal(small.TotalPages, small.FreePages + small.Pages.OwnPages);
    }

    [Fact]
    public void R32_R52_reclaim_pins_and_marks_pass_huge_pages_by()
    {
        Map(1);
        Assert.True(_machine.Task.Store(Start, [1]));
        Assert.Equal(0, Mm.Mpin(Start, Huge));
        Assert.Equal((0, 0), (Mm.PinnedVm, Mm.LockedVm));
        Assert.Equal(4, _machine.Kernel.TaskReclaim.Write(_machine.Task, "all\n"u8));
        Assert.Equal(512, Mm.HugetlbPages);
        Assert.Equal(0, Mm.Vrange(Start, Huge, 1, 0, out _));
        Assert.Equal(0, Mm.Mvrange(Start, Huge, 1, 0));
        _machine.Kernel.Vmscan.Reclaim(1000, direct: false);
        Assert.Equal(1, Peek(_machine.Task, Start));
        Assert.Equal(-Errno.EINVAL, Mm.Madvise(Start, Huge, Madv.UserFault));

        // R6: the range was taken as a victim, though no page was.
        Assert.Equal(1, Mm.Mvrange(Start, Huge, 0, 0));
        _machine.Check();
    }
}
