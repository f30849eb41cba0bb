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
        // The machine has 1,024 pages besides the 100 of the files.
        string[] lines = _mount.Read("meminfo").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("MemTotal:           4496 kB", lines[0]);
        Assert.Equal("MemFree:            4376 kB", lines[1]);
        Assert.Equal("Cached:              120 kB", lines[4]);
        Assert.Equal("Shmem:               120 kB", lines.Single(static line => line.StartsWith("Shmem:", StringComparison.Ordinal)));
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
        Assert.StartsWith("MemTotal:           8096 kB\nMemFree:            8092 kB\n", mount.Read("meminfo"), StringComparison.Ordinal);
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
        Assert.Equal(["nr_free_pages 1094", "nr_mlock 0", "nr_inactive_anon 30"], lines[..3]);
    }

    [Theory]
    [InlineData("meminfo")]
    [InlineData("vmstat")]
    public void Lines_are_those_of_the_running_kernel_in_its_order(string name)
    {
        static string Key(string line) => line.Split(':', ' ')[0];
        string[] ours = _mount.Read(name).Split('\n');
        string[] kernel = File.ReadAllLines($"/proc/{name}");
        string[] known = [.. kernel.Select(Key)];
        string[] shared = [.. ours.Select(Key).Where(known.Contains)];
        Assert.Equal(known.Where(shared.Contains), shared);
        Assert.True(shared.Length > 30, $"{shared.Length} lines are known to this kernel");

        if (name == "vmstat")
            return;
        foreach (string line in ours.Where(line => shared.Contains(Key(line))))
        {
            string theirs = kernel.Single(other => Key(other) == Key(line));
            Assert.Equal(theirs.EndsWith(" kB", StringComparison.Ordinal), line.EndsWith(" kB", StringComparison.Ordinal));
            int wider = Math.Max(0, theirs.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1].Length - 8);
            Assert.Equal(theirs.Length - wider, line.Length);
        }
    }

    [Fact]
    public void Meminfo_keeps_what_its_readers_rely_on()
    {
        Dictionary<string, long> values = _mount.Read("meminfo").Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(static line => line.Split(':')[0], static line => long.Parse(line.Split(':')[1].Replace(" kB", "", StringComparison.Ordinal), System.Globalization.CultureInfo.InvariantCulture));
        Assert.True(values["Shmem"] <= values["Cached"]);
        Assert.True(values["MemAvailable"] <= values["MemTotal"]);
        Assert.True(values["MemFree"] + values["Cached"] <= values["MemTotal"]);
        Assert.Equal(values["Active"], values["Active(anon)"] + values["Active(file)"]);
        Assert.Equal(values["Inactive"], values["Inactive(anon)"] + values["Inactive(file)"]);
    }

    [Fact]
    public void Swaps_has_the_header_of_the_kernel_and_a_row_where_there_is_swap()
    {
        string header = File.ReadAllLines("/proc/swaps")[0] + "\n";
        Assert.Equal(header, _mount.Read("swaps"));
        Assert.Equal(
            header + "vrangefs                                partition\t256\t\t0\t\t-2\n", new TestMount(swapPages: 64).Read("swaps"));
    }

    [Fact]
    public void Slabinfo_counts_what_there_is()
    {
        Assert.Equal(0, _mount.Tree.MakeTask("5000000"u8, TestMount.Owner, KernelModel.Tasks.Rlimits.Default, out _));
        TestMount.Write(_mount.Open("5000000/syscall"), "mmap 0x100000 8192 rw private anon");
        string[] lines = _mount.Read("slabinfo").Split('\n');
        Assert.Equal("slabinfo - version: 2.1", lines[0]);
        Assert.Equal("vrange                 2     64     64   64    1 : tunables    0    0    0 : slabdata      1      1      0", lines[2]);
        Assert.StartsWith("vm_area_struct         1     23    176   23    1 :", lines[3], StringComparison.Ordinal);
        Assert.Equal(0x8100u, _mount.Node("slabinfo")!.Mode);
    }

    [Fact]
    public void A_file_that_is_only_shown_takes_no_write()
        => Assert.Equal(-Errno.EIO, TestMount.Write(_mount.Open("meminfo"), "1"));

    private string Meminfo(string name)
        => _mount.Read("meminfo").Split('\n').Single(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split(' ')[^2];
}
