using System.Text;
using KernelModel.Tasks;
using ProcFs.Nodes;

namespace ProcFs.Tests.Files;

/// <summary>proc/N/userfault: who is told of an access that waits, and what becomes of both (R61).</summary>
public sealed class UserfaultTests
{
    private const int Pid = 5_000_000;
    private const int Spare = 0x900000;
    private readonly TestMount _mount = new();

    public UserfaultTests()
    {
        Assert.Equal(0, _mount.Tree.MakeTask(Encoding.UTF8.GetBytes($"{Pid}"), TestMount.Owner, Rlimits.Default, out _));
        Call("mmap 0x200000 64K rw private anon");
        Call("madvise 0x200000 64K user_fault");
        Call($"mmap 0x{Spare:x} 4K rw private anon");
    }

    [Fact]
    public async Task Each_access_that_waits_is_a_line_in_the_order_in_which_they_came()
    {
        ProcStream reader = Open();
        TestCall early = Read(reader);
        Assert.False(early.Answer.IsCompleted);
        TestCall load = Start("load 0x200000 1");
        TestCall store = Start("store 0x201fff 'x'");
        TestCall again = Start("load 0x200004 1");
        Assert.Equal("0x200000 r\n", await Text(early));
        Assert.Equal("0x201fff w\n", await Text(Read(reader)));
        Assert.Equal("0x200004 r\n", await Text(Read(reader)));

        Resolve(0x201000);
        Assert.Equal("store 0x201fff 'x'".Length, await store.Answer);
        Assert.False(load.Answer.IsCompleted || again.Answer.IsCompleted);
        Resolve(0x200000);
        Assert.True(await load.Answer > 0 && await again.Answer > 0);
    }

    [Fact]
    public async Task An_access_over_several_pages_faults_once_for_each()
    {
        ProcStream reader = Open();
        TestCall touch = Start("touch 0x200010 8192 r");
        foreach (int address in (int[])[0x200010, 0x201000, 0x202000])
        {
            Assert.Equal($"0x{address:x} r\n", await Text(Read(reader)));
            Resolve(address & ~0xFFF);
        }

        Assert.True(await touch.Answer > 0);
    }

    [Fact]
    public async Task Two_readers_never_get_the_same_fault()
    {
        ProcStream[] readers = [Open(), Open()];
        TestCall[] reads = [.. readers.Select(reader => Read(reader))];
        TestCall first = Start("load 0x200000 1"), second = Start("load 0x201000 1");
        Assert.Equal(["0x200000 r\n", "0x201000 r\n"], (await Task.WhenAll(reads.Select(Text))).Order());
        Assert.Equal(-Errno.EAGAIN, await Read(readers[0], mayWait: false).Answer);
        Assert.Equal(-Errno.EAGAIN, await Read(readers[1], mayWait: false).Answer);
        Assert.True(first.TryInterrupt() && second.TryInterrupt());
    }

    [Fact]
    public async Task What_a_short_read_leaves_is_for_the_next_of_that_descriptor()
    {
        ProcStream reader = Open(), other = Open();
        TestCall[] waiting = [Read(reader, 1), Read(reader, 3), Read(other)];
        Start("load 0x200000 1");
        Assert.Equal("0", await Text(waiting[0]));
        Assert.Equal("x20", await Text(waiting[1]));
        Assert.Equal("0000 r\n", await Text(Read(reader)));
        Assert.False(waiting[2].Answer.IsCompleted);
        Assert.True(waiting[2].TryInterrupt());
    }

    [Fact]
    public async Task What_a_reader_leaves_unresolved_is_for_the_next_before_what_came_later()
    {
        ProcStream first = Open(), second = Open();
        TestCall a = Start("load 0x200000 1"), b = Start("load 0x201000 1"), c = Start("load 0x202000 1");
        Assert.Equal("0x200000 r\n", await Text(Read(first)));
        Assert.Equal("0x201000 r\n", await Text(Read(first)));
        Resolve(0x200000);
        Assert.True(await a.Answer > 0);
        ProcStream later = Open();
        first.Release();
        first.Release(); // once is enough
        Assert.Equal("0x201000 r\n", await Text(Read(later)));
        Assert.Equal("0x202000 r\n", await Text(Read(second)));

        TestCall waits = Read(second);
        later.Release();
        Assert.Equal("0x201000 r\n", await Text(waits));
        Assert.False(b.Answer.IsCompleted || c.Answer.IsCompleted);
    }

    [Fact]
    public async Task The_last_reader_that_closes_leaves_the_signal_to_who_waits()
    {
        Assert.Equal(-Errno.EFAULT, await Start("load 0x200000 1").Answer);
        ProcOpenFile writer = _mount.Open($"{Pid}/userfault", canRead: false); // no reader
        Assert.Equal(-Errno.EIO, TestMount.Write(writer, "x"));
        Assert.Equal(-Errno.EFAULT, await Start("load 0x200000 1").Answer);

        ProcStream reader = Open(), other = Open();
        TestCall read = Start("load 0x200001 1"), unread = Start("store 0x201002 'x'");
        Assert.Equal("0x200001 r\n", await Text(Read(reader)));
        reader.Release();
        Assert.False(read.Answer.IsCompleted || unread.Answer.IsCompleted);
        other.Release();
        Assert.Equal((-Errno.EFAULT, -Errno.EFAULT), (await read.Answer, await unread.Answer));
        Assert.Equal(-Errno.EFAULT, await Start("load 0x200003 1").Answer);
        Assert.EndsWith("--- SIGBUS {si_signo=SIGBUS, si_code=BUS_ADRERR, si_addr=0x200003} ---\n", _mount.Read($"{Pid}/syscall"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_is_not_told_once_it_is_resolved_or_given_up()
    {
        ProcStream reader = Open();
        TestCall resolved = Start("load 0x200000 1"), killed = Start("load 0x201000 1"), told = Start("load 0x202000 1");
        Assert.True(killed.TryInterrupt());
        Resolve(0x200000);
        Assert.True(await resolved.Answer > 0);
        Assert.Equal("0x202000 r\n", await Text(Read(reader)));
        Assert.True(told.TryInterrupt());
        ProcStream next = Open();
        reader.Release();
        Assert.Equal(-Errno.EAGAIN, await Read(next, mayWait: false).Answer);
        Assert.Equal(Readiness.None, next.Poll(null));
    }

    [Fact]
    public async Task A_read_that_a_signal_ends_takes_no_fault_along()
    {
        ProcStream reader = Open();
        TestCall gone = Read(reader), going = Read(reader), stays = Read(reader);
        Assert.True(gone.TryInterrupt());
        Assert.True(going.TryClaim()); // the signal is there, and what it ends does not know yet
        Start("load 0x200000 1");
        Assert.Equal("0x200000 r\n", await Text(stays));

        Start("load 0x201000 1");
        TestCall late = new(0);
        Assert.True(late.TryClaim());
        reader.Read(100, mayWait: true, late);
        Assert.Equal("0x201000 r\n", await Text(Read(reader)));
        Assert.False(going.Answer.IsCompleted || late.Answer.IsCompleted);
    }

    [Fact]
    public async Task Poll_says_when_there_is_something()
    {
        ProcStream reader = Open(), other = Open();
        int told = 0, both = 0;
        Assert.Equal(Readiness.None, reader.Poll(() => told = -1));
        Assert.Equal(Readiness.None, reader.Poll(() => told++));
        Assert.Equal(Readiness.None, other.Poll(() => both++));
        Start("load 0x200000 1");
        Start("load 0x201000 1");
        Assert.Equal((1, 1), (told, both));
        Assert.Equal(Readiness.Readable, reader.Poll(() => told++));
        Start("load 0x202000 1"); // who asks only when he hears of more hears of it
        Assert.Equal((2, 1), (told, both));
        Assert.Equal("0x", await Text(Read(reader, 2)));
        Assert.Equal("0x201000 r\n", await Text(Read(other)));
        Assert.Equal("0x202000 r\n", await Text(Read(other)));
        Assert.Equal((Readiness.Readable, Readiness.None), (reader.Poll(null), other.Poll(null)));
        Assert.Equal(0, _mount.Tree.RemoveTask(Encoding.UTF8.GetBytes($"{Pid}"), TestMount.Owner));
        Assert.Equal(Readiness.Readable | Readiness.Ended, other.Poll(null));
    }

    [Fact]
    public async Task The_end_of_the_task_is_the_end_of_the_file_and_ESRCH_to_who_waits()
    {
        ProcStream reader = Open();
        ProcFile file = (ProcFile)_mount.Node($"{Pid}/userfault")!;
        TestCall waits = Start("load 0x200000 1");
        Assert.Equal("0x200000 r\n", await Text(Read(reader)));
        TestCall read = Read(reader);
        Assert.Equal(0, _mount.Tree.RemoveTask(Encoding.UTF8.GetBytes($"{Pid}"), TestMount.Owner));
        Assert.Equal(-Errno.ESRCH, await waits.Answer);
        Assert.Equal("", await Text(read));
        Assert.Equal("", await Text(Read(reader, mayWait: false)));
        Assert.Equal(-Errno.ESRCH, file.Open(TestMount.Owner, canRead: true, out _));
    }

    [Fact]
    public async Task No_wakeup_is_lost_however_accesses_and_handlers_meet()
    {
        const int rounds = 3000;
        ProcStream reader = Open();
        Task handler = Task.Run(async () =>
        {
            while (await Text(Read(reader)) is { Length: > 0 } line)
                Resolve(Convert.ToInt32(line.Split(' ')[0], 16) & ~0xFFF);
        });
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            int page = 0x200000 + (worker * 0x1000);
            for (int round = 0; round < rounds; round++)
            {
                TestCall call = Start($"load 0x{page:x} 1");
                if (round % 3 == 0)
                    call.TryInterrupt();
                int answer = await call.Answer.WaitAsync(TimeSpan.FromSeconds(20));
                Assert.True(answer is > 0 or -Errno.EINTR);
                Call($"madvise 0x{page:x} 4K dontneed");
            }
        })));
        Assert.Equal(0, _mount.Tree.RemoveTask(Encoding.UTF8.GetBytes($"{Pid}"), TestMount.Owner));
        await handler.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_page_that_comes_while_an_access_begins_to_wait_for_it_is_noticed()
    {
        ProcStream reader = Open();
        for (int round = 0; round < 3000; round++)
        {
            TestCall? load = null;
            Call($"store 0x{Spare:x} 'page'");
            Parallel.Invoke(() => load = Start("load 0x200000 1"), () => Call($"remap_anon_pages 0x200000 0x{Spare:x} 4096"));
            Assert.True(await load!.Answer.WaitAsync(TimeSpan.FromSeconds(20)) > 0);
            Call("madvise 0x200000 4K dontneed");
        }

        Assert.Equal(Readiness.None, reader.Poll(null));
    }

    [Fact]
    public async Task A_thousand_that_wait_are_woken_one_by_one()
    {
        Call("mmap 0x1000000 4M rw private anon");
        Call("madvise 0x1000000 4M user_fault");
        ProcStream reader = Open();
        TestCall[] calls = [.. Enumerable.Range(0, 1000).Select(i => Start($"load 0x{0x1000000 + (i % 500 * 0x1000):x} 1"))];
        Resolve(0x1000000);
        Assert.True(await calls[0].Answer > 0 && await calls[500].Answer > 0);
        Assert.Equal(998, calls.Count(call => !call.Answer.IsCompleted));
        Assert.Equal("0x1001000 r\n", await Text(Read(reader)));
        reader.Release();
        Assert.Equal(998, (await Task.WhenAll(calls.Select(call => call.Answer))).Count(answer => answer == -Errno.EFAULT));
    }

    private ProcStream Open() => Assert.IsAssignableFrom<ProcStream>(_mount.Open($"{Pid}/userfault"));

    private static TestCall Read(ProcStream reader, int size = 100, bool mayWait = true)
    {
        var call = new TestCall(0);
        reader.Read(size, mayWait, call);
        return call;
    }

    private static async Task<string> Text(TestCall read)
    {
        Assert.True(await read.Answer.WaitAsync(TimeSpan.FromSeconds(20)) >= 0);
        return read.Data;
    }

    private TestCall Start(string line)
    {
        var call = new TestCall(0);
        Assert.Equal(ProcOpenFile.Waits, _mount.Open($"{Pid}/syscall").Write(Encoding.UTF8.GetBytes(line), call));
        return call;
    }

    private int Call(string line) => TestMount.Write(_mount.Open($"{Pid}/syscall"), line);

    // As a handler does, which another one may have been faster than.
    private void Resolve(int page)
    {
        Call($"store 0x{Spare:x} 'page'");
        Call($"remap_anon_pages 0x{page:x} 0x{Spare:x} 4096");
    }
}
