using System.Text;
using KernelModel.Tasks;
using ProcFs.Nodes;

namespace ProcFs.Tests.Files;

/// <summary>Tasks of the model as proc makes, drives and shows them.</summary>
public sealed class ModelTaskTests
{
    private const int Pid = 5_000_000;
    private readonly TestMount _mount = new();

    public ModelTaskTests() => Assert.Equal(0, Make($"{Pid}"));

    [Theory]
    [InlineData("4194305", 0)]
    [InlineData("2147483647", 0)]
    [InlineData("4194304", Errno.EINVAL)] // PID_MAX_LIMIT: the host may have it
    [InlineData("2147483648", Errno.EINVAL)]
    [InlineData("1", Errno.EINVAL)]
    [InlineData("05000001", Errno.EINVAL)]
    [InlineData("+5000001", Errno.EINVAL)]
    [InlineData("5000001x", Errno.EINVAL)]
    [InlineData("task", Errno.EINVAL)]
    [InlineData("5000000", Errno.EEXIST)]
    [InlineData("sys", Errno.EEXIST)]
    public void A_task_has_a_number_that_no_process_of_the_host_can_have(string name, int error) => Assert.Equal(-error, Make(name));

    [Fact]
    public void A_task_is_listed_and_belongs_to_who_made_it()
    {
        Caller maker = new(8, 9, [], 0, 0, 0);
        Assert.Equal(0, Make("5000007", maker));
        ProcDirectory root = _mount.Tree.Root;
        Assert.Equal(["5000000", "5000007"], root.List(0, TestMount.Owner with { ProcessId = 0 }).Select(entry => Encoding.UTF8.GetString(entry.Node.Name)).TakeLast(2));
        Assert.Equal(
            [("vrange", 0x8124u), ("reclaim", 0x8080u), ("syscall", 0x8180u), ("userfault", 0x8180u)],
            ((ProcDirectory)_mount.Node("5000007")!).List(0, maker).Select(entry => (Encoding.UTF8.GetString(entry.Node.Name), entry.Node.Mode)));
        Assert.Equal((8u, 9u), (_mount.Node("5000007/syscall")!.Uid, _mount.Node("5000007")!.Gid));
    }

    [Fact]
    public void Its_owner_and_who_may_kill_it_end_it()
    {
        Caller maker = new(8, 9, [], 0, 0, 0);
        Assert.Equal(0, Make("5000007", maker));
        Assert.Equal(-Errno.EPERM, Remove("5000007", maker with { Uid = 7 }));
        Assert.Equal(0, Remove("5000007", maker));
        Assert.Equal(-Errno.ENOENT, Remove("5000007", maker));
        Assert.Null(_mount.Node("5000007/syscall"));
        Assert.Equal(0, Make("5000007", maker));
        Assert.Equal(0, Remove("5000007", maker with { Uid = 7, Capabilities = 1 << Caller.CAP_KILL }));
        Assert.Equal(-Errno.EPERM, Remove("sys", TestMount.Owner));
        Assert.Equal(-Errno.ENOTDIR, Remove("meminfo", TestMount.Owner));
    }

    [Fact]
    public void A_user_has_as_many_as_his_limit_says()
    {
        Rlimits limits = Rlimits.Default with { Tasks = 2 };
        Caller user = new(8, 9, [], 0, 0, 0);
        Assert.Equal(0, _mount.Tree.MakeTask("5000001"u8, user, limits, out _));
        Assert.True(Call("fork", "5000001") > 0);
        Assert.Equal(-Errno.EAGAIN, _mount.Tree.MakeTask("5000002"u8, user, limits, out _));
        Assert.Equal(-Errno.EAGAIN, Call("fork", "5000001"));
        Assert.Equal(0, _mount.Tree.MakeTask("5000003"u8, user with { Uid = 7 }, limits, out _));
        Assert.Equal(0, Remove("5000001", user));
        Assert.Equal(0, _mount.Tree.MakeTask("5000002"u8, user, limits, out _));
    }

    [Theory]
    [InlineData("mmap 0x100000 8192 rw private anon", "mmap 0x100000 8192 rw private anon = 0x100000")]
    [InlineData("  munmap 0x100000 4K\n", "munmap 0x100000 4K = 0")]
    [InlineData("mlock 0x900000 4096", "mlock 0x900000 4096 = -1 ENOMEM (Cannot allocate memory)")]
    [InlineData("madvise 0x200000 1 normal", "madvise 0x200000 1 normal = 0")]
    [InlineData("nothing", "nothing = -1 ENOSYS (Function not implemented)")]
    [InlineData("munmap", "munmap = -1 EINVAL (Invalid argument) {usage: munmap ADDR LEN}")]
    [InlineData("store 0x200000 'two  words'", "store 0x200000 'two  words' = 10")]
    [InlineData("load 0x200000 4", "load 0x200000 4 = 4 \"\\000\\000\\000\\000\"")]
    [InlineData(
        "load 0x300001 1",
        "load 0x300001 1 = -1 EFAULT (Bad address)\n--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x300001} ---")]
    public void A_call_shows_as_strace_writes_it(string call, string shown)
    {
        Call("mmap 0x200000 8192 rw private anon fixed");
        ProcOpenFile open = _mount.Open($"{Pid}/syscall");
        int result = TestMount.Write(open, call);

        if (shown.Contains(" = -1 ", StringComparison.Ordinal))
            Assert.Contains($" = -1 {Errno.Name(-result)} ", shown, StringComparison.Ordinal);
        else
            Assert.Equal(call.Length, result);
        Assert.Equal(shown + "\n", TestMount.Read(open, offset: 40));
    }

    [Fact]
    public void A_volatile_page_that_was_purged_is_SIGBUS_and_told_once()
    {
        Call("mmap 0x100000 12288 rw private anon");
        Call("store 0x101000 'cache'");
        Call("vrange 0x101000 8192 volatile");
        Assert.Equal("00101000-00102fff v\n", _mount.Read($"{Pid}/vrange"));
        TestMount.Write(_mount.Open($"{Pid}/reclaim"), "all");
        Assert.Equal("00101000-00101fff p\n00102000-00102fff v\n", _mount.Read($"{Pid}/vrange"));
        Assert.Equal(-Errno.EFAULT, Call("load 0x101002 2"));
        Assert.Contains("--- SIGBUS {si_signo=SIGBUS, si_code=BUS_ADRERR, si_addr=0x101002} ---\n", _mount.Read($"{Pid}/syscall"), StringComparison.Ordinal);
        Call("vrange 0x101000 8192 nonvolatile");
        Assert.Equal("vrange 0x101000 8192 nonvolatile = 8192 {purged=1}\n", _mount.Read($"{Pid}/syscall"));
    }

    [Fact]
    public void A_descriptor_reads_its_own_last_call_and_a_fresh_one_the_tasks()
    {
        ProcOpenFile first = _mount.Open($"{Pid}/syscall");
        ProcOpenFile second = _mount.Open($"{Pid}/syscall");
        Assert.Equal("", TestMount.Read(first));
        TestMount.Write(first, "brk 0");
        TestMount.Write(second, "munlockall");
        Assert.StartsWith("brk 0 = 0x", TestMount.Read(first), StringComparison.Ordinal);
        Assert.Equal("munlockall = 0\n", _mount.Read($"{Pid}/syscall"));
        Assert.Equal(4, TestMount.Write(first, "help"));
        Assert.Contains("vrange ADDR LEN volatile|nonvolatile", TestMount.Read(first), StringComparison.Ordinal);
        Assert.Equal(-Errno.EINVAL, TestMount.Write(first, "brk 0\nbrk 0"));
        Assert.Equal(-Errno.EINVAL, TestMount.Write(first, " \n"));
    }

    [Fact]
    public void A_number_that_came_back_is_another_task()
    {
        ProcOpenFile open = _mount.Open($"{Pid}/syscall"), ranges = _mount.Open($"{Pid}/vrange"), reclaim = _mount.Open($"{Pid}/reclaim");
        Assert.Equal(0, Remove($"{Pid}", TestMount.Owner));
        Assert.Equal(0, Make($"{Pid}"));
        Assert.Equal(-Errno.ESRCH, TestMount.Write(open, "brk 0"));
        Assert.Equal(-Errno.ESRCH, TestMount.Write(reclaim, "all"));
        Assert.Equal(-Errno.ESRCH, ranges.Read(0, new byte[100], forCache: false));
    }

    [Fact]
    public void Only_who_may_trace_it_lists_its_ranges()
    {
        Caller maker = new(8, 9, [], 0, 0, 0);
        Assert.Equal(0, Make("5000007", maker));
        ProcFile file = (ProcFile)_mount.Node("5000007/vrange")!;
        Assert.Equal(0, file.Open(maker, canRead: true, out _));
        Assert.Equal(-Errno.EACCES, file.Open(maker with { Uid = 7 }, canRead: true, out _));
        Assert.Equal(-Errno.EACCES, file.Open(maker with { Gid = 7 }, canRead: true, out _));
        Assert.Equal(0, file.Open(maker with { Uid = 7, Capabilities = 1 << Caller.CAP_SYS_PTRACE }, canRead: true, out _));
    }

    private int Make(string name, Caller? maker = null)
        => _mount.Tree.MakeTask(Encoding.UTF8.GetBytes(name), maker ?? TestMount.Owner, Rlimits.Default, out _);

    private int Remove(string name, Caller caller) => _mount.Tree.RemoveTask(Encoding.UTF8.GetBytes(name), caller);

    private int Call(string line, string? pid = null) => TestMount.Write(_mount.Open($"{pid ?? $"{Pid}"}/syscall"), line);
}
