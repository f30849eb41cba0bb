using System.Text;
using ProcFs.Nodes;

namespace ProcFs.Tests.Model;

/// <summary>maps, smaps and smaps_rollup.</summary>
public sealed class AreaFileTests
{
    private readonly ModelFixture _task = new();

    [Fact]
    public void Maps_has_a_line_for_each_area()
    {
        _task.Mount.AddFile("/a b", 2);
        _task.Calls(
            "mmap 0x100000 8192 rw private anon fixed",
            "mmap 0x200000 4096 r shared anon fixed",
            "mmap 0x300000 4096 rx private 'file:/a b+4096' fixed",
            "mmap 0x7f0000000000 2M rw shared anon fixed hugetlb",
            "brk 0x555556001000");
        Assert.Equal(
            """
            00100000-00102000 rw-p 00000000 00:00 0 
            00200000-00201000 r--s 00000000 00:01 1                                  /dev/zero (deleted)
            00300000-00301000 r-xp 00001000 00:01 2                                  /a b
            555556000000-555556001000 rw-p 00000000 00:00 0                          [heap]
            7f0000000000-7f0000200000 rw-s 00000000 00:01 2                          /anon_hugepage (deleted)

            """,
            _task.Read("maps"));
    }

    [Fact]
    public void Smaps_says_what_an_area_uses_and_how_much_of_it_is_volatile()
    {
        _task.Calls(
            "mmap 0x100000 16384 rw private anon fixed", "store 0x100000 'a'", "store 0x101000 'b'", "touch 0x102000 4096 r",
            "vrange 0x100000 16384 volatile");
        Assert.Equal(4, TestMount.Write(_task.Open("reclaim"), "all\n"));
        _task.Call("vrange 0x100000 16384 nonvolatile");
        _task.Calls("store 0x100000 'a'", "store 0x101000 'b'", "vrange 0x100000 16384 volatile");
        Assert.Equal(
            """
            00100000-00104000 rw-p 00000000 00:00 0 
            Size:                 16 kB
            KernelPageSize:        4 kB
            MMUPageSize:           4 kB
            Rss:                   8 kB
            Pss:                   8 kB
            Pss_Dirty:             8 kB
            Shared_Clean:          0 kB
            Shared_Dirty:          0 kB
            Private_Clean:         0 kB
            Private_Dirty:         8 kB
            Referenced:            8 kB
            Anonymous:             8 kB
            KSM:                   0 kB
            LazyFree:              0 kB
            AnonHugePages:         0 kB
            ShmemPmdMapped:        0 kB
            FilePmdMapped:         0 kB
            Shared_Hugetlb:        0 kB
            Private_Hugetlb:       0 kB
            Swap:                  0 kB
            SwapPss:               0 kB
            Locked:                0 kB
            Volatile:             16 kB
            Purged:                0 kB
            THPeligible:           0
            VmFlags: rd wr mr mw me ac vo 

            """,
            _task.Read("smaps"));
    }

    [Fact]
    public void What_a_purge_took_is_counted_until_it_is_reported()
    {
        _task.Calls("mmap 0x100000 16384 rw private anon fixed", "store 0x100000 'a'", "store 0x101000 'b'", "vrange 0x100000 16384 volatile");
        TestMount.Write(_task.Open("reclaim"), "all");
        Assert.Equal(["Volatile:             16 kB", "Purged:                8 kB"], _task.Lines("smaps", "Volatile", "Purged"));
        Assert.Equal(["Volatile:             16 kB", "Purged:                8 kB"], _task.Lines("smaps_rollup", "Volatile", "Purged"));
        _task.Calls("vrange 0x100000 16384 nonvolatile");
        Assert.Equal(["Volatile:              0 kB", "Purged:                0 kB"], _task.Lines("smaps", "Volatile", "Purged"));
    }

    [Fact]
    public void Locked_and_pinned_areas_have_their_codes_and_a_locked_one_its_Pss()
    {
        _task.Calls("mmap 0x100000 8192 rw private anon fixed", "mlock 0x100000 4096", "mpin 0x101000 4096", "store 0x101000 'x'");
        Assert.Equal(["VmFlags: rd wr mr mw me lo ac ", "VmFlags: rd wr mr mw me ac pi "], _task.Lines("smaps", "VmFlags"));
        Assert.Equal(["Locked:                4 kB", "Locked:                0 kB"], _task.Lines("smaps", "Locked"));
        Assert.Equal(["VmLck:\t       4 kB", "VmPin:\t       4 kB"], _task.Lines("status", "VmLck", "VmPin"));
    }

    [Fact]
    public void Huge_pages_have_their_size()
    {
        _task.Calls("mmap 0x40000000 2M rw private anon fixed hugetlb", "store 0x40000000 'x'");
        Assert.Equal(
            [
                "Size:               2048 kB", "KernelPageSize:     2048 kB", "MMUPageSize:        2048 kB", "Rss:                   0 kB",
                "Private_Hugetlb:    2048 kB",
            ],
            _task.Lines("smaps", "Size", "KernelPageSize", "MMUPageSize", "Rss", "Private_Hugetlb"));
        Assert.Equal(["HugetlbPages:	    2048 kB"], _task.Lines("status", "HugetlbPages"));
    }

    [Fact]
    public void The_rollup_is_the_sum_from_the_first_area_to_the_last()
    {
        Assert.StartsWith(
            "00000000-00000000 ---p 00000000 00:00 0                                  [rollup]\nRss:                   0 kB\n",
            _task.Read("smaps_rollup"),
            StringComparison.Ordinal);
        _task.Calls(
            "mmap 0x100000 8192 rw private anon fixed populate",
            "mmap 0x7f0000000000 12288 rw shared anon fixed",
            "touch 0x7f0000000000 12288 w");
        string text = _task.Read("smaps_rollup");
        Assert.StartsWith(
            "00100000-7f0000003000 ---p 00000000 00:00 0                              [rollup]\n"
            + "Rss:                  20 kB\nPss:                  20 kB\nPss_Dirty:            20 kB\n"
            + "Pss_Anon:              8 kB\nPss_File:              0 kB\nPss_Shmem:            12 kB\nShared_Clean:          0 kB\n",
            text,
            StringComparison.Ordinal);
        Assert.EndsWith("Locked:                0 kB\nVolatile:              0 kB\nPurged:                0 kB\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_listing_that_is_longer_than_one_hold_of_the_lock_is_complete()
    {
        for (int i = 0; i < 300; i++)
            _task.Calls($"mmap {0x100000 + (i * 0x2000)} 4096 {(i % 2 == 0 ? "rw" : "r")} private anon fixed");
        string[] lines = _task.Read("maps").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(0, 300).Select(i => $"{0x100000 + (i * 0x2000):x8}"), lines.Select(line => line[..8]));
        Assert.Equal(300, _task.Lines("smaps", "VmFlags").Length);
    }

    [Theory]
    [InlineData("maps")]
    [InlineData("smaps")]
    [InlineData("smaps_rollup")]
    public void Reads_of_any_size_add_up_and_a_read_at_the_start_is_of_now(string file)
    {
        _task.Calls("mmap 0x100000 8192 rw private anon fixed", "mmap 0x200000 8192 r shared anon fixed");
        string whole = _task.Read(file);
        foreach (int size in (int[])[1, 7, 1023])
        {
            ProcOpenFile open = _task.Open(file);
            string parts = "";
            while (TestMount.Read(open, parts.Length, size) is { Length: > 0 } part)
                parts += part;
            Assert.Equal(whole, parts);
        }

        ProcOpenFile kept = _task.Open(file);
        Assert.Equal(whole, TestMount.Read(kept));
        _task.Calls("mmap 0x300000 8192 rw private anon fixed populate");
        Assert.Equal(_task.Read(file), TestMount.Read(kept));
        Assert.NotEqual(whole, TestMount.Read(kept));
    }

    [Theory]
    [InlineData("maps")]
    [InlineData("smaps")]
    public void Any_offset_can_be_read_in_any_order_also_for_the_kernel_s_cache(string file)
    {
        for (int i = 0; i < 300; i++)
            _task.Calls($"mmap {0x100000 + (i * 0x2000)} 4096 rw private anon fixed");
        string whole = _task.Read(file);
        ProcOpenFile open = _task.Open(file);
        byte[] page = new byte[4096];
        foreach (int at in (int[])[whole.Length - 10, 4096, 0, 8192, 100, whole.Length, 12288])
        {
            foreach (bool forCache in (bool[])[false, true])
            {
                int length = open.Read(at, page, forCache);
                Assert.Equal(whole.Substring(at, Math.Min(4096, whole.Length - at)), Encoding.UTF8.GetString(page, 0, length));
                Assert.True(open.TextLength > at + length || at + length == whole.Length);
            }
        }

        Assert.Equal(0, open.Read(whole.Length, page, forCache: false));
        Assert.Equal(whole.Length, open.TextLength);
        _task.Calls("mmap 0x900000000 4096 rw private anon fixed");
        Assert.Equal(0, open.Read(whole.Length, page, forCache: false)); // it has ended
        Assert.NotEqual(whole, TestMount.Read(open));
    }

    [Theory]
    [InlineData("maps", 0)]
    [InlineData("smaps", 0)]
    [InlineData("smaps_rollup", Errno.ESRCH)]
    public void A_zombie_has_no_memory_to_show(string file, int error)
    {
        int zombie = _task.MakeZombie();
        Assert.Equal(-error, _task.TryOpen(file, ModelFixture.User, zombie));
        Assert.Equal(-error, _task.TryOpen(file, ModelFixture.Stranger, zombie)); // and nothing to hide
        if (error == 0)
            Assert.Equal("", _task.Read(file, zombie));
    }

    [Theory]
    [InlineData("maps", 0)]
    [InlineData("smaps", 0)]
    [InlineData("smaps_rollup", Errno.ESRCH)]
    public void One_that_becomes_a_zombie_has_none_either(string file, int error)
    {
        int child = _task.MakeChild();
        ProcOpenFile open = _task.Open(file, child);
        _task.Call("exit 0", child);
        Assert.Equal(-error, open.Read(0, new byte[10], forCache: false));
    }

    [Fact]
    public void A_write_is_EINVAL() => Assert.Equal(-Errno.EINVAL, TestMount.Write(_task.Open("maps"), "x"));
}
