using System.Text;
using ProcFs.Nodes;

namespace ProcFs.Tests.Model;

/// <summary>mem: the memory of a task as a debugger reads and writes it.</summary>
public sealed class MemFileTests
{
    private readonly ModelFixture _task = new(machinePages: 2048);

    [Fact]
    public void It_is_read_and_written_at_its_addresses()
    {
        _task.Calls("mmap 0x100000 8192 rw private anon fixed", "store 0x100ffe 'across'");
        ProcOpenFile mem = _task.Open("mem");
        Assert.Equal("across", TestMount.Read(mem, 0x100ffe, 6));
        Assert.Equal(4, TestMount.Write(mem, "ACRO", offset: 0x100ffe));
        Assert.Equal("ACROss", TestMount.Read(mem, 0x100ffe, 6));
        Assert.Equal("load 0x100ffe 6 = 6 \"ACROss\"\n", Loaded("0x100ffe 6"));
    }

    [Fact]
    public void What_is_not_mapped_is_EIO_and_a_read_ends_before_it()
    {
        _task.Calls("mmap 0x100000 8192 rw private anon fixed", "munmap 0x101000 4096");
        ProcOpenFile mem = _task.Open("mem");
        Assert.Equal(-Errno.EIO, mem.Read(0x101000, new byte[8], forCache: false));
        Assert.Equal(-Errno.EIO, mem.Read(1L << 47, new byte[8], forCache: false));
        Assert.Equal(-Errno.EIO, mem.Read(long.MaxValue, new byte[8], forCache: false));
        Assert.Equal(-Errno.EIO, TestMount.Write(mem, "x", offset: 0x101000));
        Assert.Equal(16, mem.Read(0x100ff0, new byte[100], forCache: false));
        Assert.Equal(16, TestMount.Write(mem, new string('x', 100), offset: 0x100ff0));
        Assert.Equal(0, mem.Read(0x101000, [], forCache: false));
    }

    // mm/gup.c: check_vma_flags
    [Theory]
    [InlineData("r private anon", true, true)]
    [InlineData("- private anon", true, true)]
    [InlineData("r shared anon", true, false)]
    [InlineData("r shared file:/f", true, false)]
    [InlineData("r private file:/f", true, true)]
    [InlineData("rw shared file:/f", true, true)]
    [InlineData("rw private anon special", false, false)]
    public void Protection_is_not_asked_but_nobody_else_sees_a_write_that_was_not_allowed(string what, bool canRead, bool canWrite)
    {
        _task.Mount.AddFile("/f", 1);
        _task.Calls($"mmap 0x100000 4096 {what} fixed");
        ProcOpenFile mem = _task.Open("mem");
        Assert.Equal(canRead ? 3 : -Errno.EIO, mem.Read(0x100000, new byte[3], forCache: false));
        Assert.Equal(canWrite ? 3 : -Errno.EIO, TestMount.Write(mem, "new", offset: 0x100000));
        if (canWrite)
            Assert.Equal("new", TestMount.Read(mem, 0x100000, 3));

        _task.Calls("mmap 0x200000 4096 rw shared file:/f fixed");
        Assert.Equal(what.StartsWith("rw shared", StringComparison.Ordinal) ? "new" : "\0\0\0", TestMount.Read(mem, 0x200000, 3));
        Assert.Equal(what.StartsWith("rw", StringComparison.Ordinal), _task.Call("store 0x100000 'abc'") > 0);
    }

    [Fact]
    public void A_huge_page_that_is_not_writable_is_not_forced()
    {
        _task.Calls("mmap 0x40000000 2M r private anon fixed hugetlb", "mmap 0x50000000 2M rw private anon fixed hugetlb");
        ProcOpenFile mem = _task.Open("mem");
        Assert.Equal(-Errno.EIO, TestMount.Write(mem, "x", offset: 0x40000000));
        Assert.Equal(1, TestMount.Write(mem, "x", offset: 0x50000000));
    }

    [Fact]
    public void What_a_user_fault_or_a_purge_is_in_the_way_of_cannot_be_had_and_is_not_waited_for()
    {
        _task.Calls(
            "mmap 0x100000 16384 rw private anon fixed",
            "store 0x101000 'x'",
            "madvise 0x102000 8192 userfault",
            "vrange 0x101000 4096 volatile");
        TestMount.Write(_task.Open("reclaim"), "all");
        ProcOpenFile mem = _task.Open("mem");
        Assert.Equal(4096, mem.Read(0x100000, new byte[8192], forCache: false));
        Assert.Equal(-Errno.EIO, mem.Read(0x101000, new byte[1], forCache: false));
        Assert.Equal(-Errno.EIO, TestMount.Write(mem, "x", offset: 0x101000));
        Assert.Equal(-Errno.EIO, mem.Read(0x102000, new byte[1], forCache: false));
        Assert.EndsWith(" = 4096 {purged=1}\n", Result("vrange 0x101000 4096 nonvolatile"), StringComparison.Ordinal);
    }

    [Fact]
    public void Faults_are_not_the_task_s()
    {
        _task.Calls("mmap 0x100000 4M rw private anon fixed");
        string before = _task.Read("stat").Split(' ')[9];
        ProcOpenFile mem = _task.Open("mem");
        Assert.Equal(1 << 20, mem.Read(0x100000, new byte[1 << 20], forCache: false));
        Assert.Equal(1 << 20, TestMount.Write(mem, new string('x', 1 << 20), offset: 0x100000));
        Assert.Equal(before, _task.Read("stat").Split(' ')[9]);
        Assert.Equal(1024, _task.Number("status", "VmRSS"));
        Assert.Equal("xx", TestMount.Read(mem, 0x1ffffe, 2));
    }

    [Fact]
    public void Memory_that_is_full_is_EIO_and_ends_nobody()
    {
        _task.Calls("mmap 0x100000 64M rw private anon fixed");
        ProcOpenFile mem = _task.Open("mem");
        byte[] text = new byte[16 << 20];
        int written = mem.Write(text, new TestCall(1, 0x100000));
        Assert.InRange(written, 4 << 20, 8 << 20);
        Assert.Equal(-Errno.EIO, mem.Write(new byte[1], new TestCall(1, 0x100000 + written)));
        Assert.Equal("S", _task.Read("stat").Split(' ')[2]);
    }

    [Fact]
    public void A_write_to_the_memory_of_one_that_is_gone_takes_nothing()
    {
        ProcOpenFile mem = _task.Open("mem");
        _task.Remove();
        Assert.Equal(0, TestMount.Write(mem, "x", offset: 0x100000));
    }

    private string Loaded(string what) => Result($"load {what}");

    private string Result(string call)
    {
        ProcOpenFile open = _task.Open("syscall");
        Assert.Equal(Encoding.UTF8.GetByteCount(call), TestMount.Write(open, call));
        return TestMount.Read(open);
    }
}
