using System.Text;
using Fs.Host;
using Microsoft.Win32.SafeHandles;

namespace Fs.Tests.Host;

/// <summary>Texts of the host's /proc, in which strangers have a say.</summary>
public sealed class ProcTextTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Lines_end_at_a_newline_only_and_may_be_of_any_length()
    {
        string longest = new('x', 100_000);
        Assert.Equal(["a\rb", "", longest, "c\u0085d", "end"], Lines($"a\rb\n\n{longest}\nc\u0085d\nend"));
        Assert.Equal([], Lines(""));
        Assert.Equal(["a"], Lines("a\n"));
    }

    [Fact]
    public void Of_each_key_of_status_the_first_line_counts()
    {
        ProcStatus status = Status(
            "Name:\tx\rUid:\t0\t0\t0\t0\nTgid:\t7\nPid:\t8\nUid:\t1\t2\t3\t4\nGid:\t5\t6\t7\t8\nGroups:\t9 10 \nCapPrm:\t0000000000000003\n"
            + "CapEff:\t00000000a80425fb\nTgid:\t9\nUid:\t0\t0\t0\t0\nGroups:\t0 \nCapEff:\tffffffffffffffff\n")!;
        Assert.Equal((7, 1u, 4u, 8u), (status.ProcessId, status.RealUid, status.FsUid, status.FsGid));
        Assert.Equal([1, 2, 3, 4], status.Uids);
        Assert.Equal([9, 10], status.Groups);
        Assert.Equal((3ul, 0xa80425fbul), (status.Permitted, status.Effective));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Uid:\t1\t2\t3\t4\n")]
    [InlineData("Uid:\t1\t2\t3\nGid:\t1\t2\t3\t4\n")]
    [InlineData("Uid:\tx\nGid:\t1\t2\t3\t4\n")]
    [InlineData("\tUid:\t1\t2\t3\t4\nGid:\t1\t2\t3\t4\n")]
    public void A_status_that_does_not_say_who_it_is_says_nothing(string text) => Assert.Null(Status(text));

    [Theory]
    [InlineData("55d0c0a00000-55d0c0a21000 r--p 00003000 fe:00 131 /usr/bin/x", false, 0x3000, 0xfe, 0, 131)]
    [InlineData("7f00-8f00 rw-s 7ffffffff000 00:12a 18446744073709551615                /a (deleted)", true, 0x7ffffffff000, 0, 0x12a, ulong.MaxValue)]
    [InlineData("7f00-8f00 rw-p 00000000 00:2a 5 ", false, 0, 0, 0x2a, 5)]
    [InlineData("7f00-8f00 r--s 00000000 00:2a 5 x\r7f00-8f00 rw-s 0 00:2a 9", false, 0, 0, 0x2a, 5)]
    public void An_area_of_maps(string line, bool isSharedWritable, ulong offset, uint major, uint minor, ulong ino)
    {
        Assert.True(ProcMaps.TryParse(Encoding.Latin1.GetBytes(line), out ProcMaps area));
        Assert.Equal((isSharedWritable, offset, major, minor, ino), (area.IsSharedWritable, area.Offset, area.Major, area.Minor, area.Ino));
        Assert.StartsWith($"{area.MapFile} ", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("7f00")]
    [InlineData("7f00-8f00")]
    [InlineData("7f00-8f00 rw-s")]
    [InlineData("7f00-8f00 rw-s 0 00:2a")]
    [InlineData("7f00-8f00 rw-s 0 00:2a x")]
    [InlineData("7f00-8f00 rw-s 0 00:2a 5x")]
    [InlineData("7f00-8f00 rw-sx 0 00:2a 5 ")]
    [InlineData("7f00 8f00 rw-s 0 00:2a 5 ")]
    [InlineData("-8f00 rw-s 0 00:2a 5 ")]
    public void No_area_of_maps(string line) => Assert.False(ProcMaps.TryParse(Encoding.Latin1.GetBytes(line), out _));

    [Theory]
    [InlineData("x")]
    [InlineData("a) R 1 2 3 (b")]
    [InlineData("a\n) S")]
    [InlineData("")]
    public void A_birth_stands_behind_the_name_whatever_that_is(string name)
    {
        byte[] text = Encoding.Latin1.GetBytes($"7 ({name}) S 1 7 7 0 -1 4194304 101 0 0 0 1 2 0 0 20 0 1 0 123456 8192 100 18446744073709551615\n");
        Assert.True(ProcStat.TryBirth(text, out ulong birth));
        Assert.Equal(123456ul, birth);
        Assert.False(ProcStat.TryBirth(text.AsSpan(0, 40), out _));
    }

    [Fact]
    public void The_test_itself_is_seen_as_it_is()
    {
        using HostProc proc = new();
        ProcStatus status = ProcStatus.Read(proc, Environment.ProcessId)!;
        Assert.Equal((Environment.ProcessId, Libc.geteuid()), (status.ProcessId, status.FsUid));
        Assert.Equal(0, proc.BirthOf(Environment.ProcessId, out ulong birth));
        Assert.True(birth > 0);
        Assert.True(proc.BirthOf(int.MaxValue, out _) < 0);
        Assert.Null(ProcStatus.Read(proc, int.MaxValue));
        List<int> processes = [];
        Assert.Equal(0, proc.List(".", processes));
        Assert.Contains(Environment.ProcessId, processes);
    }

    private List<string> Lines(string text)
    {
        using SafeFileHandle file = Open(text);
        List<string> all = [];
        using var lines = new ProcLines(file);
        while (lines.TryRead(out ReadOnlySpan<byte> line))
            all.Add(Encoding.Latin1.GetString(line));
        Assert.Equal(0, lines.Error);
        return all;
    }

    private ProcStatus? Status(string text)
    {
        using SafeFileHandle file = Open(text);
        return ProcStatus.Read(file);
    }

    private SafeFileHandle Open(string text)
    {
        File.WriteAllBytes(_path, Encoding.Latin1.GetBytes(text));
        return File.OpenHandle(_path);
    }
}
