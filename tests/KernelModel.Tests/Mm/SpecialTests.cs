using KernelModel.Mm;
using KernelModel.Tasks;
using static KernelModel.Tests.Mm.TestMachine;

namespace KernelModel.Tests.Mm;

/// <summary>R80, special areas: the memory of a device that a driver mapped.</summary>
public sealed class SpecialTests
{
    private readonly TestMachine _machine = new();

    [Fact]
    public void R80_the_device_answers_and_keeps_what_is_stored()
    {
        _machine.Map(0, 4, MapFlags.Shared | MapFlags.Special);
        Assert.Equal(0, _machine.Peek(1));
        _machine.Fill(1, 2);
        Assert.Equal((2, 3, 0), (_machine.Peek(1), _machine.Peek(2), _machine.Peek(3)));

        // No page of memory is behind it: no RSS, no fault; mincore and pagemap see entries.
        Assert.Equal(0, _machine.Mm.Rss);
        Assert.Equal(0, _machine.Task.MinorFaults);
        byte[] resident = new byte[4];
        Assert.Equal(0, _machine.Mm.Mincore(At(0), Size(4), resident));
        Assert.Equal([1, 1, 1, 1], resident);
        PageView view = _machine.Mm.ViewOf(At(3));
        Assert.True(view.Present && !view.Exclusive && view.Frame == _machine.Mm.ViewOf(At(2)).Frame + 1);
        _machine.Check();
    }

    [Fact]
    public void R80_fork_munmap_and_mremap_show_the_same_device()
    {
        _machine.Map(0, 4, MapFlags.Shared | MapFlags.Special);
        _machine.Fill(0, 4);
        _machine.Kernel.Tasks.Fork(_machine.Task, out TaskStruct? child);
        Fill(child!, 3, 1);
        Assert.Equal(0, _machine.Mm.Munmap(At(1), Size(1)));
        Assert.Equal((long)At(10), _machine.Mm.Mremap(At(2), Size(2), Size(2), MremapFlags.MayMove | MremapFlags.Fixed, At(10)));
        Assert.Equal((3, 4), (_machine.Peek(10), _machine.Peek(11)));
        Assert.True(child!.Store(At(2), [9]));
        Assert.Equal(9, _machine.Peek(10));
        Assert.Equal(-Errno.EFAULT, _machine.Mm.Mremap(At(10), Size(2), Size(3), MremapFlags.MayMove));
        _machine.Kernel.Tasks.Exit(child, 0);
        Assert.Equal(9, _machine.Peek(10));
        _machine.Kernel.Tasks.Exit(_machine.Task, 0);
        InvariantTests.AssertAllGivenBack(_machine.Kernel, filesStay: false);
    }

    [Fact]
    public void R80_a_store_to_a_private_one_is_a_copy()
    {
        _machine.Map(0, 2, MapFlags.Private | MapFlags.Special);
        Assert.Equal(0, _machine.Peek(0));
        _machine.Fill(0, 1);
        Assert.Equal(1, _machine.Mm.AnonRss);
        Assert.Equal((1, 0), (_machine.Peek(0), _machine.Peek(1)));
        _machine.Kernel.Tasks.Fork(_machine.Task, out TaskStruct? child);
        Fill(child!, 1, 1);
        Assert.Equal((1, 2), (Peek(child!, 0), Peek(child!, 1)));
        Assert.Equal(0, _machine.Peek(1));
        _machine.Check();
    }

    [Fact]
    public void R80_advice_that_drops_pages_and_user_faults_are_not_for_it()
    {
        _machine.Map(0, 2, MapFlags.Private | MapFlags.Special);
        foreach (Madv advice in (ReadOnlySpan<Madv>)[Madv.DontNeed, Madv.Free, Madv.PageOut, Madv.Cold, Madv.UserFault, Madv.GuardInstall, Madv.DoFork])
            Assert.Equal(-Errno.EINVAL, _machine.Mm.Madvise(At(0), Size(2), advice));
        Assert.Equal(0, _machine.Mm.Mlock(At(0), Size(2)));
        Assert.Equal(0, _machine.Mm.LockedVm);
    }
}
