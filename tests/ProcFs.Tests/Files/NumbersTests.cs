using KernelModel.Vrange;
using ProcFs.Nodes;

namespace ProcFs.Tests.Files;

/// <summary>meminfo, vmstat and sys/vm/discard_vranges (R70, R8, R16).</summary>
public sealed class NumbersTests
{
    private readonly TestMount _mount = new(limitPages: 100);
    private readonly TestFile _file;

    public NumbersTests()
    {
        _file = _mount.AddFile("/f", pages: 30);
        _file.Mapping.Mark(0, 9, VrangeBehavior.Full);
        _file.Mapping.Mark(10, 14, VrangeBehavior.Full);
    }

    [Fact]
    public void Meminfo_has_the_columns_of_the_kernel()
    {
        // fs/proc/meminfo.c: a name of 16 columns, a number of 8, the unit
        string[] lines = _mount.Read("meminfo").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Matches("^[A-Za-z()]+: +[0-9]+ kB$", line));
        Assert.All(lines, line => Assert.Equal(27, line.Length));
        Assert.Equal("MemTotal:            400 kB", lines[0]);
        Assert.Equal("MemFree:             280 kB", lines[1]);
        Assert.Equal("MemAvailable:        340 kB", lines[2]);
        Assert.Equal(["Volatile:             60 kB", "Purged:                0 kB"], lines[^2..]);
        Assert.Equal(lines.Length, lines.Select(line => line.Split(':')[0]).Distinct().Count());
    }

    [Fact]
    public void Volatile_is_sampled_every_100_milliseconds_at_most()
    {
        // R70
        Assert.Equal("60", Meminfo("Volatile"));
        _file.Mapping.Mark(20, 24, VrangeBehavior.Full);
        _mount.Clock.Elapsed = TimeSpan.FromMilliseconds(99);
        Assert.Equal("60", Meminfo("Volatile"));
        _mount.Clock.Elapsed = TimeSpan.FromMilliseconds(100);
        Assert.Equal("80", Meminfo("Volatile"));
    }

    [Fact]
    public void Purged_counts_what_nobody_was_told_yet()
    {
        // R70
        _mount.Lru.Discard(1, VrangeOwners.All, wait: false);
        Assert.Equal("40", Meminfo("Purged"));
        _file.Mapping.TryUnmark(0, 4, report: true, out _);
        Assert.Equal("20", Meminfo("Purged"));
        _file.Mapping.TryUnmark(5, 9, report: false, out _);
        Assert.Equal("20", Meminfo("Purged"));
    }

    [Fact]
    public void Without_a_limit_the_memory_is_the_machines()
    {
        TestMount mount = new();
        mount.AddFile("/f", pages: 1);
        Assert.StartsWith("MemTotal:           4000 kB\nMemFree:            3996 kB\n", mount.Read("meminfo"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", 10)]
    [InlineData("11\n", 15)]
    [InlineData(" 0x1 ", 10)]
    [InlineData("1K", 15)]
    [InlineData("all", 15)]
    [InlineData("0", 0)]
    [InlineData("18446744073709551615", 15)]
    public void Discard_vranges_takes_the_oldest_and_tells_how_many_pages(string command, int freed)
    {
        ProcOpenFile open = _mount.Open("sys/vm/discard_vranges");
        Assert.Equal("0\n", TestMount.Read(open));
        Assert.Equal(command.Length, TestMount.Write(open, command));
        Assert.Equal($"{freed}\n", TestMount.Read(open));
        Assert.Equal(30 - freed, _mount.Storage.UsedPages);
        Assert.Contains($"\npgvrange_discard {freed}\npgdiscard_direct 0\npgdiscard_kswapd {freed}\n", _mount.Read("vmstat"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("ALL")]
    [InlineData("-1")]
    [InlineData("1 2")]
    [InlineData("all 1")]
    public void Anything_else_is_EINVAL_and_discards_nothing(string command)
    {
        Assert.Equal(-Errno.EINVAL, TestMount.Write(_mount.Open("sys/vm/discard_vranges"), command));
        Assert.Equal(30, _mount.Storage.UsedPages);
    }

    [Fact]
    public void Vmstat_is_a_name_and_a_number_a_line()
    {
        string[] lines = _mount.Read("vmstat").Split('\n');
        Assert.Equal("", lines[^1]);
        Assert.All(lines[..^1], line => Assert.Matches("^[a-z_]+ [0-9]+$", line));
        Assert.Equal(["nr_free_pages 70", "nr_inactive_anon 30"], lines[..2]);
    }

    [Fact]
    public void A_file_that_is_only_shown_takes_no_write()
        => Assert.Equal(-Errno.EIO, TestMount.Write(_mount.Open("meminfo"), "1"));

    private string Meminfo(string name)
        => _mount.Read("meminfo").Split('\n').Single(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split(' ')[^2];
}
