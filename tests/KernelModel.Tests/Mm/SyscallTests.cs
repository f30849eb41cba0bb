using KernelModel.Tasks;

namespace KernelModel.Tests.Mm;

public sealed class SyscallTests
{
    [Theory]
    [InlineData("mmap 0x100000 8192 rw private anon", "0x100000")]
    [InlineData("mmap 0x100000 2M rw- private anon fixed populate", "0x100000")]
    [InlineData("mmap 0 8192 rw shared file:/none", "-1 ENOENT")]
    [InlineData("mmap 0x100000 8192 rw sideways anon", "-1 EINVAL usage: mmap ADDR")]
    [InlineData("munmap 0x100001 8192", "-1 EINVAL")]
    [InlineData("munmap 0x100000", "-1 EINVAL usage: munmap ADDR LEN")]
    [InlineData("reboot", "-1 ENOSYS")]
    [InlineData("wait", "-1 ECHILD")]
    [InlineData("fork", "2")]
    public void A_line_is_a_call(string text, string result)
        => Assert.StartsWith(result, new TestMachine().Task.Syscall(text).ToString());

    [Fact]
    public void A_task_can_be_driven_by_text_alone()
    {
        TestMachine machine = new(swapPages: 64);
        (string Call, string Result)[] session =
        [
            ("mmap 0x100000 16K rw private anon fixed", "0x100000"),
            ("touch 0x100000 16K w", "0"),
            ("mincore 0x100000 16K", "0 1111"),
            ("madvise 0x100000 4096 PAGEOUT", "0"),
            ("mincore 0x100000 16K", "0 0111"),
            ("vrange 0x101000 8192 volatile", "0x2000 purged=0"),
            ("mvrange 0x103000 4096 volatile partial", "0"),
            ("vrange 0x101000 8192 nonvolatile", "0x2000 purged=0"),
            ("mpin 0x100000 4096", "0"),
            ("munpin 0x100000 4096", "0"),
            ("mlockall current future", "0"),
            ("munlockall", "0"),
            ("setrlimit memlock 64K", "0"),
            ("mremap 0x100000 16K 32K maymove fixed 0x200000", "0x200000"),
            ("exec sh", "0"),
            ("exit 3", "0"),
        ];
        foreach ((string call, string result) in session)
            Assert.Equal((call, result), (call, machine.Task.Syscall(call).ToString()));
        Assert.Equal(-Errno.ESRCH, machine.Task.Syscall("munlockall").Value);
        machine.Check();
    }

    [Fact]
    public void Every_call_has_a_usage_text() => Assert.True(SyscallTable.Usage.Count() >= 20);
}
