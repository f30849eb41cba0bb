using KernelModel.Mm;
using KernelModel.Tasks;
using KernelModel.Tests.Mapping;
using KernelModel.Vrange;

namespace KernelModel.Tests;

/// <summary>The door: what everybody outside of the model gets to see of it.</summary>
public sealed class MachineTests : IDisposable
{
    private const ulong Base = 0x1000_0000;

    private readonly TestFile _file = new(pageCache: true);
    private readonly Machine _machine;
    private readonly TaskId _task;

    public MachineTests()
    {
        _file.Fill(0, 3);
        _machine = new Machine(new KernelOptions { TotalPages = 256, Ranges = _file.Lru })
        {
            FileLookup = (_, name) => name == "/f" ? new MappedFile(_file.Mapping, 7, "/mnt/f", true, true) : null,
        };
        _task = NewTask();
    }

    public void Dispose() => _machine.Dispose();

    private TaskId NewTask(int pid = 0)
    {
        Assert.Equal(0, _machine.Create("test", Credentials.Root, Rlimits.Default, pid, out TaskId task));
        return task;
    }

    private long Syscall(string line)
    {
        Answer answer = _machine.Syscall(_task, line);
        Assert.Equal(Outcome.Done, answer.Outcome);
        return answer.Result.Value;
    }

    [Fact]
    public void A_pid_that_came_back_is_another_task()
    {
        Assert.Equal(-Errno.EEXIST, _machine.Create("test", Credentials.Root, Rlimits.Default, _task.Pid, out _));
        Assert.Equal(0, _machine.Exit(_task, 0));
        TaskId other = NewTask(_task.Pid);
        Assert.True(_machine.TryFind(_task.Pid, out TaskId found, out _));
        Assert.Equal(other, found);
        Assert.NotEqual(_task, other);
        Assert.Equal(-Errno.ESRCH, Syscall("munlockall"));
        Assert.Equal(-Errno.ESRCH, _machine.Load(_task, Base, new byte[1]).Result.Value);
        Assert.Equal(-Errno.ESRCH, _machine.Store(_task, Base, new byte[1]).Result.Value);
        Assert.Equal(-Errno.ESRCH, _machine.ListRanges(_task, []));
        Assert.True(_machine.OpenFaults(_task, static () => { }).IsEnded);
        Assert.Equal(-Errno.ESRCH, _machine.Exit(_task, 0));

        // R30: parse errors come first.
        Assert.Equal(-Errno.EINVAL, _machine.Reclaim(_task, "some"u8));
        Assert.Equal(-Errno.ESRCH, _machine.Reclaim(_task, "all"u8));
        Assert.Equal(3, _machine.Reclaim(other, "all"u8));
    }

    [Fact]
    public void A_failed_access_says_which_signal_and_where()
    {
        Answer answer = _machine.Load(_task, Base + 5, new byte[1]);
        Assert.Equal(-Errno.EFAULT, answer.Result.Value);
        Assert.Equal(new Signal(Signal.SIGSEGV, Signal.SEGV_MAPERR, Base + 5), answer.Signal);
        Assert.Null(_machine.Syscall(_task, "munlockall").Signal);
    }

    [Fact]
    public void R61_an_access_waits_while_somebody_is_told_and_is_made_again_when_the_page_came()
    {
        Assert.Equal((long)Base, Syscall($"mmap 0x{Base:x} 16K rw private anon fixed"));
        Assert.Equal(0, Syscall($"madvise 0x{Base:x} 8K user_fault"));
        Assert.Equal(-Errno.EFAULT, _machine.Load(_task, Base + 4097, new byte[1]).Result.Value);

        FaultReader reader = _machine.OpenFaults(_task, static () => { });
        FaultWaiter store = new(), touch = new();
        FaultWait fault = Waits(_machine.Store(_task, Base + 4097, "x"u8), store);
        Assert.Equal(new UserFault(Base + 4097, true), fault.Fault);
        Assert.Equal(new UserFault(Base + 1, false), Waits(_machine.Syscall(_task, $"touch 0x{Base + 1:x} 4K r"), touch).Fault);

        // The calls of the task go on: they are its handler's. Only whose page has come is woken.
        Assert.Equal(1, _machine.Store(_task, Base + 8192, "y"u8).Result.Value);
        Assert.Equal(4096, Syscall($"remap_anon_pages 0x{Base + 4096:x} 0x{Base + 8192:x} 4K"));
        Assert.Equal((1, 0), (store.Wakes, touch.Wakes));
        Assert.Equal(1, _machine.Store(_task, Base + 4097, "x"u8).Result.Value);
        byte[] bytes = new byte[2];
        Assert.Equal(2, _machine.Load(_task, Base + 4096, bytes).Result.Value);
        Assert.Equal("yx"u8, bytes);

        // With nobody left it is the signal.
        reader.Close();
        Assert.Equal((1, 1), (store.Wakes, touch.Wakes));
        Answer answer = _machine.Load(_task, Base, bytes);
        Assert.Equal(new Signal(Signal.SIGBUS, Signal.BUS_ADRERR, Base), answer.Signal);
    }

    [Theory]
    [InlineData("munmap 0x{0:x} 4K")]
    [InlineData("mmap 0x{0:x} 4K rw private anon fixed")]
    [InlineData("madvise 0x{0:x} 4K nouser_fault")]
    [InlineData("mprotect 0x{0:x} 4K r")]
    [InlineData("exec other")]
    [InlineData("exit 0")]
    public void R61_whatever_ends_a_fault_wakes_who_waits_for_it(string call)
    {
        Assert.Equal((long)Base, Syscall($"mmap 0x{Base:x} 16K rw private anon fixed"));
        Assert.Equal(0, Syscall($"madvise 0x{Base:x} 16K user_fault"));
        _machine.OpenFaults(_task, static () => { });
        FaultWaiter waiter = new();
        Waits(_machine.Store(_task, Base, "x"u8), waiter);
        Assert.Equal(0, Syscall("munmap 0x900000 4K"));
        Assert.Equal(0, Syscall($"mprotect 0x{Base + 4096:x} 4K r"));
        Assert.Equal(0, waiter.Wakes);
        Assert.True(Syscall(string.Format(System.Globalization.CultureInfo.InvariantCulture, call, Base)) >= 0);
        Assert.Equal(1, waiter.Wakes);
        Assert.Equal(Outcome.Done, _machine.Store(_task, Base, "x"u8).Outcome);
    }

    [Fact]
    public void R61_a_fault_that_ended_before_it_was_waited_for_is_not_waited_for()
    {
        Assert.Equal((long)Base, Syscall($"mmap 0x{Base:x} 16K rw private anon fixed"));
        Assert.Equal(0, Syscall($"madvise 0x{Base:x} 16K user_fault"));
        FaultReader reader = _machine.OpenFaults(_task, static () => { });
        FaultWait resolved = _machine.Store(_task, Base, "x"u8).Fault!, unheard = _machine.Store(_task, Base + 4096, "x"u8).Fault!;
        Assert.Equal(0, Syscall($"munmap 0x{Base:x} 4K"));
        Assert.False(resolved.Begin(new FaultWaiter()));
        unheard.End();
        Assert.False(unheard.Begin(new FaultWaiter()));
        Assert.False(reader.HasFault);
        reader.Close();
        Assert.False(_machine.Store(_task, Base + 4096, "x"u8).Fault is not null);
    }

    private static FaultWait Waits(Answer answer, FaultWaiter waiter)
    {
        Assert.Equal(Outcome.WaitsForFault, answer.Outcome);
        Assert.True(answer.Fault!.Begin(waiter));
        return answer.Fault;
    }

    private sealed class FaultWaiter : IFaultWaiter
    {
        public int Wakes { get; private set; }

        public void Wake() => Wakes++;
    }

    [Fact]
    public void R12_a_call_that_meets_a_running_purge_waits_outside()
    {
        Assert.Equal((long)Base, Syscall($"mmap 0x{Base:x} 16K rw shared file:/f fixed"));
        Assert.Equal(0, Syscall($"mvrange 0x{Base:x} 16K volatile"));
        Assert.Equal(4, _file.Discard());
        string unmark = $"mvrange 0x{Base:x} 16K nonvolatile";
        Answer answer = _machine.Syscall(_task, unmark);
        Assert.Equal(Outcome.WaitsForPurge, answer.Outcome);

        // Meanwhile the machine serves everybody, this task too.
        PurgeWaiter waiter = new();
        Assert.True(answer.Purge!.Begin(waiter));
        Assert.Equal(0, _machine.Load(NewTask(), Base, default).Result.Value);
        Assert.Equal(0, Syscall("munlockall"));
        Assert.Equal(0, waiter.Wakes);
        _file.EndPurge();
        Assert.Equal(1, waiter.Wakes);
        Assert.Equal(1, Syscall(unmark));
        Assert.Equal(0, Syscall(unmark));
    }

    [Fact]
    public void Threads_work_on_one_machine_at_once()
    {
        Parallel.For(0, 4, worker =>
        {
            TaskId task = NewTask();
            byte[] bytes = new byte[1];
            for (int i = 0; i < 200; i++)
            {
                ulong at = Base + ((ulong)(i % 16) * 4096);
                Assert.True(_machine.Syscall(task, $"mmap 0x{at:x} 4K rw private anon fixed").Result.Value > 0);
                Assert.Equal(1, _machine.Store(task, at, [(byte)worker]).Result.Value);
                Assert.Equal(1, _machine.Load(task, at, bytes).Result.Value);
                Assert.Equal(worker, bytes[0]);
                _machine.RunKswapd();
            }

            Assert.Equal(0, _machine.Exit(task, 0));
        });
        Assert.Equal(256, _machine.GetMemoryInfo().MemFree);
        List<VrangeLine> lines = [];
        Assert.Equal(0, _machine.ListRanges(_task, lines));
        Assert.Empty(lines);
    }

    [Fact]
    public void Accesses_through_the_door_allocate_nothing()
    {
        Assert.Equal((long)Base, Syscall($"mmap 0x{Base:x} 4K rw private anon fixed"));
        byte[] bytes = [1];
        for (int warm = 0; warm < 2; warm++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++)
            {
                _machine.Store(_task, Base, bytes);
                _machine.Load(_task, Base, bytes);
            }

            if (warm == 1)
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Fact]
    public void With_the_machine_goes_what_its_tasks_hold()
    {
        Assert.Equal((long)Base, Syscall($"mmap 0x{Base:x} 16K rw shared file:/f fixed"));
        _file.Mapping.Release();
        Assert.True(_file.Mapping.IsHeld);
        _machine.Dispose();
        Assert.False(_file.Mapping.IsHeld);
    }
}
