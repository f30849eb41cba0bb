using KernelModel.Mm;
using KernelModel.Tasks;
using KernelModel.Tests.Mapping;
using KernelModel.Vrange;
using static KernelModel.Tests.Mm.TestMachine;

namespace KernelModel.Tests.Mm;

// A purge of the mount is running while a task takes its pages back.
public sealed partial class MountFileTests
{
    [Fact]
    public void R12_a_task_that_takes_pages_back_while_they_are_purged_is_told_to_wait_and_nobody_waits_in_the_model()
    {
        _file.HasPageCache = true;
        Map("shared");
        Assert.Equal(0, Mvrange(0, 4, 1));
        _file.Discard();

        // Another thread would hang for ever here, with the model's lock.
        Assert.Equal(-SyscallResult.ERESTARTSYS, Mvrange(0, 4, 0));
        Assert.Equal("0-3p", _file.Listing());
        PurgeWait wait = _machine.Task.RestartBlock!;
        PurgeWaiter waiter = new();
        Assert.True(wait.Begin(waiter));
        Assert.Equal(0, waiter.Wakes);
        _file.EndPurge();
        Assert.Equal(1, waiter.Wakes);
        Assert.False(wait.Begin(waiter));
        Assert.Equal(1, Mvrange(0, 4, 0));
        Assert.Equal(0, Mvrange(0, 4, 0));
        _machine.Check();
    }

    [Fact]
    public void R12_who_gives_up_waiting_has_lost_no_report()
    {
        TestFile other = new(_file.Domain, pageCache: true);
        other.Fill(0, 3);
        Map("shared");
        VmFile file = new(_machine.Kernel.Files.Open(other.Mapping, 78)!, "/mnt/g");
        Assert.Equal((long)At(4), _machine.Mm.Mmap(At(4), Size(4), Prot.Read | Prot.Write, MapFlags.Shared | MapFlags.Fixed, file));
        Assert.Equal(0, Mvrange(0, 8, 1));
        Assert.Equal(8, _file.Discard());

        // What is lost of the first file is not reported before the purge of the second has ended.
        Assert.Equal(-SyscallResult.ERESTARTSYS, Mvrange(0, 8, 0));
        Assert.Equal(-SyscallResult.ERESTARTSYS, Mvrange(0, 8, 0));
        other.EndPurge();
        Assert.Equal(new VrangeLoss(true, 16384), _file.Unmark(0, 3));
        Assert.Equal(1, Mvrange(0, 8, 0));
    }
}
