using KernelModel.Mm;
using KernelModel.Vrange;
using static KernelModel.Tests.Mm.TestMachine;

namespace KernelModel.Tests.Mm;

/// <summary>R13: which pages of a volatile file go last, and which never.</summary>
public sealed class LastResortTests
{
    private const int Private = 20;

    private readonly TestMachine _machine;

    public LastResortTests() => _machine = NewMachine();

    // Pages 0-7 of a volatile file, stored to through a shared mapping at 0; a private one shows 4-7 at 20.
    private static TestMachine NewMachine(int swapPages = 0, Prot shown = Prot.Read | Prot.Write)
    {
        TestMachine machine = new(swapPages: swapPages);
        VmFile file = new(machine.Kernel.Files.CreateShmem(8 * 4096), "/ring");
        const Prot ReadWrite = Prot.Read | Prot.Write;
        machine.Mm.Mmap(At(0), Size(8), ReadWrite, MapFlags.Shared | MapFlags.Fixed, file);
        machine.Fill(0, 8);
        machine.Mm.Mmap(At(Private), Size(4), shown, MapFlags.Private | MapFlags.Fixed, file, 4 * 4096);
        Assert.Equal(0, machine.Mm.Mvrange(At(0), Size(8), 1, 0));
        return machine;
    }

    [Fact]
    public void R13_pages_that_a_private_mapping_shows_are_left_while_others_are_enough()
    {
        Assert.Equal(4, _machine.Kernel.Vmscan.Reclaim(4, direct: false));
        Assert.Equal(0, _machine.Peek(0));
        Assert.Equal([5, 6, 7, 8], Enumerable.Range(Private, 4).Select(_machine.Peek));
        _machine.Check();
    }

    [Fact]
    public void R13_they_are_taken_when_nothing_else_is_left()
    {
        Assert.Equal(8, _machine.Kernel.Vmscan.Reclaim(8, direct: false));
        Assert.Equal([0, 0, 0, 0], Enumerable.Range(Private, 4).Select(_machine.Peek));
        Assert.Equal(1, _machine.Mm.Mvrange(At(0), Size(8), 0, 0));
        _machine.Check();
    }

    [Fact]
    public void R13_what_can_go_to_swap_goes_there_first()
    {
        TestMachine machine = NewMachine(swapPages: 64);
        Assert.Equal(8, machine.Kernel.Vmscan.Reclaim(8, direct: false));
        Assert.Equal([5, 6, 7, 8], Enumerable.Range(Private, 4).Select(machine.Peek));
        machine.Check();
    }

    [Fact]
    public void R13_a_copied_page_is_shown_no_more_and_stays()
    {
        Assert.True(_machine.Task.Store(At(Private), [99]));
        Assert.Equal(5, _machine.Kernel.Vmscan.Reclaim(5, direct: false));
        Assert.Equal([99, 6, 7, 8], Enumerable.Range(Private, 4).Select(_machine.Peek));
        Assert.Equal(3, _machine.Kernel.Vmscan.Reclaim(3, direct: false));
        Assert.Equal([99, 0, 0, 0], Enumerable.Range(Private, 4).Select(_machine.Peek));
        _machine.Check();
    }

    [Fact]
    public void R13_a_page_that_is_mlocked_is_never_taken()
    {
        // What can be stored to is copied by mlock.
        TestMachine machine = NewMachine(shown: Prot.Read);
        machine.Mm.Mlock(At(Private), Size(1));
        machine.Mm.Mlock(At(1), Size(1));
        Assert.Equal(6, machine.Kernel.Vmscan.Reclaim(8, direct: false));
        Assert.Equal(0, machine.Kernel.Vmscan.Reclaim(8, direct: true));
        Assert.Equal([5, 0, 0, 0], Enumerable.Range(Private, 4).Select(machine.Peek));
        Assert.Equal(2, machine.Peek(1));
        machine.Check();
    }

    [Fact]
    public void R13_the_area_decides_also_where_its_lock_has_not_met_the_page()
    {
        _machine.Mm.Mlock(At(Private), Size(1), onFault: true);
        Assert.False(_machine.Mm.ViewOf(At(Private)).Present);
        Assert.Equal(7, _machine.Kernel.Vmscan.Reclaim(8, direct: false));
        Assert.Equal(5, _machine.Peek(Private));
        _machine.Check();
    }

    [Fact]
    public void R13_a_task_that_needs_memory_gets_them_before_it_is_killed()
    {
        TestMachine machine = new(totalPages: 128);
        VmFile file = new(machine.Kernel.Files.CreateShmem(100 * 4096), "/ring");
        machine.Mm.Mmap(At(0), Size(100), Prot.Read | Prot.Write, MapFlags.Shared | MapFlags.Fixed, file);
        machine.Fill(0, 100);
        machine.Mm.Mmap(At(200), Size(100), Prot.Read, MapFlags.Private | MapFlags.Fixed, file);
        machine.Mm.Mvrange(At(0), Size(100), 1, 0);
        machine.Map(400, 100);
        machine.Fill(400, 100);
        Assert.Equal(401, machine.Peek(400));
        Assert.Equal(1, machine.Mm.Mvrange(At(0), Size(100), 0, 0));
        machine.Check();
    }

    [Fact]
    public void R13_R16_the_operators_discard_spares_them()
    {
        Assert.Equal(4, _machine.Kernel.Ranges.Discard(long.MaxValue, VrangeOwners.All, wait: true));
        Assert.Equal([5, 6, 7, 8], Enumerable.Range(Private, 4).Select(_machine.Peek));
    }
}
