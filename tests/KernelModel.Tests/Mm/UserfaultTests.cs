using KernelModel.Mm;
using KernelModel.Tasks;
using static KernelModel.Tests.Mm.TestMachine;

namespace KernelModel.Tests.Mm;

/// <summary>MADV_USERFAULT and remap_anon_pages: R60 to R62.</summary>
public sealed class UserfaultTests
{
    [Fact]
    public void R60_only_anonymous_areas_take_the_advice()
    {
        TestMachine machine = new();
        machine.Map(0, 4);
        machine.Map(8, 4, MapFlags.Shared);
        Assert.Equal(0, machine.Mm.Madvise(At(1), Size(2), Madv.UserFault));
        Assert.Equal(-Errno.EINVAL, machine.Mm.Madvise(At(8), Size(4), Madv.UserFault));
        Assert.Equal(3, machine.Mm.MapCount - 1);
        Assert.Equal(0, machine.Mm.Madvise(At(0), Size(4), Madv.NoUserFault));
        Assert.Equal(2, machine.Mm.MapCount);
    }

    [Fact]
    public void R61_a_missing_page_is_a_sigbus_and_a_syscall_buffer_an_efault()
    {
        TestMachine machine = new(swapPages: 16);
        machine.Map(0, 4);
        machine.Fill(0, 1);
        machine.Mm.Madvise(At(0), Size(4), Madv.UserFault);
        Assert.Equal(1, machine.Peek(0));
        Assert.Equal(-1, machine.Peek(1));
        Assert.Equal(At(1), machine.Task.LastSignal!.Value.Address);
        Assert.Equal(-Errno.EFAULT, machine.Mm.Write(At(2), new byte[1]));
        Assert.Equal(-Errno.ENOMEM, machine.Mm.Mlock(At(2), Size(1)));
        machine.Mm.Madvise(At(0), Size(1), Madv.PageOut);
        Assert.Equal(1, machine.Peek(0));
        machine.Mm.Madvise(At(0), Size(1), Madv.DontNeed);
        Assert.Equal(-1, machine.Peek(0));
        machine.Kernel.Tasks.Fork(machine.Task, out TaskStruct? child);
        Assert.Equal(-1, Peek(child!, 3));
        machine.Check();
    }

    [Fact]
    public void R61_after_a_purge_and_its_unmark_the_fault_fires_again()
    {
        TestMachine machine = new();
        machine.Map(0, 1);
        machine.Fill(0, 1);
        machine.Mm.Madvise(At(0), Size(1), Madv.UserFault);
        machine.Mark(0, 1);
        machine.Kernel.Vmscan.Reclaim(1, direct: false);
        machine.Unmark(0, 1);
        Assert.Equal(-1, machine.Peek(0));
    }

    [Fact]
    public void R62_errors_of_remap_anon_pages()
    {
        TestMachine machine = new();
        machine.Map(0, 4);
        machine.Map(10, 4);
        machine.Map(20, 4, MapFlags.Shared);
        machine.Map(30, 4, prot: Prot.Read);
        machine.Fill(0, 2);
        machine.Fill(11, 1);
        MmStruct mm = machine.Mm;
        Assert.Equal(-Errno.EINVAL, mm.RemapAnonPages(At(10) + 1, At(0), Size(1), 0));
        Assert.Equal(-Errno.EINVAL, mm.RemapAnonPages(At(10), At(0), 0, 0));
        Assert.Equal(-Errno.EINVAL, mm.RemapAnonPages(At(10), At(0), Size(1), (RemapAnonFlags)2));
        Assert.Equal(-Errno.EINVAL, mm.RemapAnonPages(At(10), At(2), Size(3), 0));
        Assert.Equal(-Errno.EINVAL, mm.RemapAnonPages(At(20), At(0), Size(1), 0));
        Assert.Equal(-Errno.EINVAL, mm.RemapAnonPages(At(30), At(0), Size(1), 0));
        Assert.Equal(-Errno.EEXIST, mm.RemapAnonPages(At(11), At(0), Size(1), 0));
        Assert.Equal(4096, mm.RemapAnonPages(At(10), At(0), Size(2), 0));
        Assert.Equal(-Errno.ENOENT, mm.RemapAnonPages(At(12), At(3), Size(1), 0));
        Assert.Equal(4096, mm.RemapAnonPages(At(12), At(3), Size(1), RemapAnonFlags.AllowSourceHoles));
        machine.Peek(2);
        Assert.Equal(-Errno.EBUSY, mm.RemapAnonPages(At(13), At(2), Size(1), 0));
        machine.Kernel.Tasks.Fork(machine.Task, out TaskStruct? _);
        Assert.Equal(-Errno.EBUSY, mm.RemapAnonPages(At(13), At(1), Size(1), 0));
        Assert.Equal(1, machine.Peek(10));
        machine.Check();
    }

    [Fact]
    public void R61_R62_a_post_copy_of_64_MiB_faults_once_a_page()
    {
        const int Pages = 16384;
        TestMachine machine = new(totalPages: Pages + 4096);
        machine.Map(0, Pages);
        machine.Map(Pages + 16, 1);
        machine.Mm.Madvise(At(0), Size(Pages), Madv.UserFault);
        int faults = 0;
        machine.Task.SigbusHandler = (task, signal) =>
        {
            // The handler's calls nest inside the access that waits.
            ulong page = signal.Address & ~4095UL;
            int number = (int)((page - Base) / 4096);
            faults++;
            Assert.True(task.Store(At(Pages + 16), BitConverter.GetBytes(number * 7)));
            return task.Mm!.RemapAnonPages(page, At(Pages + 16), 4096, 0) == 4096;
        };

        // An order that is not the address order.
        for (int i = 0; i < Pages; i++)
        {
            int page = (int)((long)i * 9973 % Pages);
            Assert.Equal(page * 7, machine.Peek(page));
        }

        for (int i = 0; i < Pages; i++)
            Assert.Equal(i * 7, machine.Peek(i));
        Assert.Equal(Pages, faults);
        machine.Check();
    }
}
