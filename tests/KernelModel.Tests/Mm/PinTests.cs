using KernelModel.Mm;
using KernelModel.Tasks;
using static KernelModel.Tests.Mm.TestMachine;

namespace KernelModel.Tests.Mm;

/// <summary>mm_mpin and mm_munpin beside mlock: R50 to R54.</summary>
public sealed class PinTests
{
    [Theory]
    [InlineData("00>01", 0, 4)]
    [InlineData("00>10", 4, 0)]
    [InlineData("01>11", 4, -4)]
    [InlineData("01>00", 0, -4)]
    [InlineData("10>00", -4, 0)]
    [InlineData("10>11", 0, 0)]
    [InlineData("11>01", -4, 4)]
    [InlineData("11>10", 0, 0)]
    public void R50_a_page_counts_once(string change, int pinned, int locked)
    {
        TestMachine machine = new();
        machine.Map(0, 4);
        Set(machine, change[0], change[1]);
        (long wasPinned, long wasLocked) = (machine.Mm.PinnedVm, machine.Mm.LockedVm);
        Set(machine, change[3], change[4]);
        Assert.Equal((pinned, locked), (machine.Mm.PinnedVm - wasPinned, machine.Mm.LockedVm - wasLocked));
        machine.Check();
    }

    [Fact]
    public void R51_the_limit_is_on_the_sum()
    {
        TestMachine machine = new();
        machine.Map(0, 20);
        machine.Task.Credentials = Credentials.User(1000, 1000);
        machine.Task.Limits = machine.Task.Limits with { MemLock = Size(8) };
        Assert.Equal(0, machine.Mm.Mlock(At(0), Size(4)));
        Assert.Equal(-Errno.ENOMEM, machine.Mm.Mpin(At(4), Size(5)));
        Assert.Equal(0, machine.Mm.Mpin(At(4), Size(4)));
        Assert.Equal(-Errno.ENOMEM, machine.Mm.Mlock(At(8), Size(1)));
        Assert.Equal(0, machine.Mm.Mlock(At(0), Size(4)));
        Assert.Equal(-Errno.ENOMEM, machine.Mm.Mpin(At(4), Size(1)));
        Assert.Equal(-Errno.EAGAIN, machine.Mm.Mmap(At(30), Size(1), Prot.Read, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed | MapFlags.Locked));
        machine.Task.Limits = machine.Task.Limits with { MemLock = 0 };
        Assert.Equal(-Errno.EPERM, machine.Mm.Mpin(At(4), Size(1)));
    }

    [Fact]
    public void R52_munpin_undoes_its_range_and_pins_refuse_to_be_reclaimed()
    {
        TestMachine machine = new(swapPages: 32);
        machine.Map(0, 8);
        Assert.Equal(0, machine.Mm.Mpin(At(0), Size(8)));
        Assert.Equal(0, machine.Mm.Mpin(At(0), Size(4)));
        Assert.Equal(0, machine.Mm.Rss);
        machine.Fill(0, 8);
        foreach (Madv advice in (ReadOnlySpan<Madv>)[Madv.DontNeed, Madv.Free, Madv.Cold, Madv.PageOut])
            Assert.Equal(-Errno.EINVAL, machine.Mm.Madvise(At(0), Size(1), advice));
        Assert.Equal(3, machine.Kernel.TaskReclaim.Write(machine.Task, "all"u8));
        Assert.Equal(8, machine.Mm.Rss);
        Assert.Equal(0, machine.Mm.Munpin(At(2), Size(2)));
        Assert.Equal(6, machine.Mm.PinnedVm);
        Assert.Equal(-Errno.EINVAL, machine.Mm.Munpin(At(2) + 1, Size(1)));
        Assert.Equal(-Errno.EINVAL, machine.Mm.Mpin(At(2), 5));
        machine.Map(20, 1, MapFlags.Private | MapFlags.Special);
        Assert.Equal(0, machine.Mm.Mpin(At(20), Size(1)));
        Assert.Equal(-Errno.ENOMEM, machine.Mm.Mpin(At(6), Size(4)));
        Assert.Equal(6, machine.Mm.PinnedVm);
        machine.Check();
    }

    [Fact]
    public void R53_a_child_inherits_no_pin_and_gets_copies()
    {
        TestMachine machine = new();
        machine.Map(0, 4);
        machine.Fill(0, 4);
        machine.Mm.Mpin(At(0), Size(4));
        ulong frame = machine.Mm.ViewOf(At(0)).Frame;
        machine.Kernel.Tasks.Fork(machine.Task, out TaskStruct? child);
        Assert.Equal((0, 0), (child!.Mm!.PinnedVm, child.Mm.LockedVm));
        machine.Fill(0, 1);
        Assert.Equal(frame, machine.Mm.ViewOf(At(0)).Frame);
        Assert.NotEqual(frame, child.Mm.ViewOf(At(0)).Frame);
        Assert.Equal(1, Peek(child, 0));
        machine.Mm.Munmap(At(0), Size(2));
        Assert.Equal(2, machine.Mm.PinnedVm);
        machine.Kernel.Tasks.Exec(machine.Task, "next");
        Assert.Equal(0, machine.Mm.PinnedVm);
        machine.Check();
    }

    [Fact]
    public void R50_R54_the_counters_are_the_sums_over_the_areas_after_random_calls()
    {
        Random random = new(3);
        TestMachine machine = new(swapPages: 64);
        machine.Map(0, 30);
        for (int i = 0; i < 1500; i++)
        {
            int page = random.Next(30);
            ulong size = Size(random.Next(1, 31 - page));
            switch (random.Next(7))
            {
                case 0:
                    machine.Mm.Mlock(At(page), size);
                    break;
                case 1:
                    machine.Mm.Munlock(At(page), size);
                    break;
                case 2:
                    machine.Mm.Mpin(At(page), size);
                    break;
                case 3:
                    machine.Mm.Munpin(At(page), size);
                    break;
                case 4:
                    machine.Mm.Munmap(At(page), size / 2);
                    break;
                case 5:
                    machine.Map(page, 1);
                    break;
                default:
                    machine.Mm.Mremap(At(page), 4096, 4096, MremapFlags.MayMove | MremapFlags.Fixed, At(random.Next(30)));
                    break;
            }

            machine.Check();
        }
    }

    private static void Set(TestMachine machine, char pinned, char locked)
    {
        if (locked == '1')
            machine.Mm.Mlock(At(0), Size(4));
        else
            machine.Mm.Munlock(At(0), Size(4));
        if (pinned == '1')
            machine.Mm.Mpin(At(0), Size(4));
        else
            machine.Mm.Munpin(At(0), Size(4));
    }
}
