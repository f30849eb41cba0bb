using System.Buffers.Binary;

namespace ProcFs.Tests.Model;

/// <summary>pagemap, and clear_refs, which clears what smaps shows of the same pages.</summary>
public sealed class PagemapFileTests
{
    private const ulong Present = 1UL << 63;
    private const ulong Swapped = 1UL << 62;
    private const ulong FileOrShared = 1UL << 61;
    private const ulong Guard = 1UL << 58;
    private const ulong Exclusive = 1UL << 56;
    private const ulong Frames = (1UL << 55) - 1;

    private readonly ModelFixture _task = new(swapPages: 64);

    [Fact]
    public void Every_page_has_its_bits()
    {
        _task.Calls(
            "mmap 0x100000 24576 rw private anon fixed",
            "store 0x101000 'swapped'", "madvise 0x101000 4096 pageout",
            "store 0x100000 'x'", "touch 0x102000 4096 r", "madvise 0x103000 4096 guardinstall",
            "mmap 0x106000 4096 rw shared anon fixed", "store 0x106000 'x'");
        Assert.Equal(
            [Present | Exclusive, Swapped, Present, Swapped | Guard, 0, 0, Present | FileOrShared | Exclusive, 0],
            Entries(ModelFixture.User, 0x100, 8));
    }

    [Fact]
    public void Frames_are_for_CAP_SYS_ADMIN()
    {
        _task.Calls(
            "mmap 0x100000 12288 rw private anon fixed", "store 0x100000 'x'", "touch 0x101000 4096 r",
            "store 0x102000 'x'", "madvise 0x102000 4096 pageout");
        Caller admin = ModelFixture.User with { Capabilities = 1UL << Caller.CAP_SYS_ADMIN };
        ulong[] shown = Entries(admin, 0x100, 3);
        ulong[] hidden = Entries(ModelFixture.User, 0x100, 3);
        Assert.All(hidden, entry => Assert.Equal(0ul, entry & Frames));
        Assert.Equal(hidden, shown.Select(entry => entry & ~Frames));
        Assert.NotEqual(0ul, shown[0] & Frames);
        Assert.Equal(0ul, shown[1] & Frames); // the page of zeros
        Assert.Equal(0ul, shown[2] & 31); // the first swap area
        Assert.NotEqual(0ul, (shown[2] & Frames) >> 5);
    }

    [Fact]
    public void A_page_that_two_map_is_not_exclusive()
    {
        _task.Calls("mmap 0x100000 4096 rw private anon fixed", "store 0x100000 'x'");
        int child = _task.MakeChild();
        Assert.Equal([Present], Entries(ModelFixture.User, 0x100, 1));
        _task.Call("exit 0", child);
        Assert.Equal([Present | Exclusive], Entries(ModelFixture.User, 0x100, 1));
    }

    // As seen on Linux 6.18.
    [Theory]
    [InlineData(4, 8, -Errno.EINVAL)]
    [InlineData(0, 12, -Errno.EINVAL)]
    [InlineData(0, 0, 0)]
    [InlineData(0x7_ffff_fffeL * 8, 32, 8)]
    [InlineData(0x7_ffff_ffffL * 8, 16, 0)]
    [InlineData(1L << 50, 8, 0)]
    [InlineData(long.MaxValue - 7, 8, 0)]
    [InlineData(0x100 * 8, 8192 * 8, 8192 * 8)]
    public void Whole_entries_are_read_up_to_the_end_of_the_address_space(long offset, int count, int result)
        => Assert.Equal(result, _task.Open("pagemap").Read(offset, new byte[count], forCache: false));

    [Fact]
    public void Reads_of_any_number_of_entries_agree()
    {
        _task.Calls("mmap 0x100000 8M rw private anon fixed", "touch 0x1ff000 2M w");
        Assert.Equal(Entries(ModelFixture.User, 0, 3000), Enumerable.Range(0, 3000).SelectMany(page => Entries(ModelFixture.User, page, 1)));
        Assert.Equal(512, Entries(ModelFixture.User, 0, 3000).Count(entry => entry != 0));
    }

    [Theory]
    [InlineData("1", 0, 0, 0)]
    [InlineData("2", 0, 4, 4)]
    [InlineData("3", 4, 0, 0)]
    [InlineData("4", 4, 4, 4)]
    [InlineData("5", 4, 4, 4)]
    [InlineData(" +1 \n", 0, 0, 0)]
    [InlineData("01", 0, 0, 0)]
    [InlineData("00000000000199", 0, 0, 0)] // the 12 bytes that fit are 0...01
    public void Clear_refs_clears_by_kind(string text, long anonymous, long shared, long file)
    {
        _task.Mount.AddFile("/f", 1);
        _task.Calls(
            "mmap 0x100000 4096 rw private anon fixed populate",
            "mmap 0x200000 4096 rw shared anon fixed populate",
            "mmap 0x300000 4096 rw shared file:/f fixed populate");
        Assert.Equal(Math.Min(12, text.Length), TestMount.Write(_task.Open("clear_refs"), text));
        Assert.Equal([Line(anonymous), Line(shared), Line(file)], _task.Lines("smaps", "Referenced"));
        Assert.Equal(12, _task.Number("status", "VmRSS"));
        _task.Calls("touch 0x100000 4096 r");
        Assert.Equal(Line(4), _task.Lines("smaps", "Referenced")[0]);

        static string Line(long kilobytes) => $"Referenced:     {kilobytes,8} kB";
    }

    [Fact]
    public void The_peak_begins_anew()
    {
        _task.Calls("mmap 0x100000 40960 rw private anon fixed populate", "munmap 0x100000 32768");
        Assert.Equal(40, _task.Number("status", "VmHWM"));
        TestMount.Write(_task.Open("clear_refs"), "4");
        Assert.Equal(40, _task.Number("status", "VmHWM"));
        TestMount.Write(_task.Open("clear_refs"), "5");
        Assert.Equal(8, _task.Number("status", "VmHWM"));
    }

    [Theory]
    [InlineData("", Errno.EINVAL)]
    [InlineData("0", Errno.EINVAL)]
    [InlineData("6", Errno.EINVAL)]
    [InlineData("-1", Errno.EINVAL)]
    [InlineData("0x1", Errno.EINVAL)]
    [InlineData("1\n2\n", Errno.EINVAL)]
    [InlineData("one", Errno.EINVAL)]
    [InlineData("99999999999", Errno.ERANGE)]
    public void Clear_refs_takes_no_other_text(string text, int error)
        => Assert.Equal(-error, TestMount.Write(_task.Open("clear_refs"), text));

    [Fact]
    public void Clear_refs_cannot_be_read_and_pagemap_not_written()
    {
        Assert.Equal(-Errno.EINVAL, _task.Open("clear_refs").Read(0, new byte[8], forCache: false));
        Assert.Equal(-Errno.EINVAL, TestMount.Write(_task.Open("pagemap"), "x"));
    }

    [Fact]
    public void A_zombie_has_nothing_to_clear() => Assert.Equal(1, TestMount.Write(_task.Open("clear_refs", _task.MakeZombie()), "1"));

    private ulong[] Entries(Caller opener, int page, int count)
    {
        byte[] bytes = new byte[count * 8];
        Assert.Equal(bytes.Length, _task.Open("pagemap", opener: opener).Read(page * 8L, bytes, forCache: false));
        return [.. bytes.Chunk(8).Select(entry => BinaryPrimitives.ReadUInt64LittleEndian(entry))];
    }
}
