using System.Globalization;

namespace ProcFs.Tests.Model;

/// <summary>status, stat and the other small files.</summary>
public sealed class StatusFileTests
{
    private const ulong HeapStart = 0x5555_5600_0000;
    private readonly ModelFixture _task = new();

    [Fact]
    public void Status_has_the_kernel_s_lines()
    {
        _task.Calls(
            "exec /bin/a-name-that-is-too-long",
            "mmap 0x100000 16384 rw private anon fixed",
            "store 0x100000 'x'",
            "mmap 0x200000 8192 rx private anon fixed");
        Assert.Equal(
            """
            Name:	a-name-that-is-
            Umask:	0022
            State:	S (sleeping)
            Tgid:	5000000
            Ngid:	0
            Pid:	5000000
            PPid:	0
            TracerPid:	0
            Uid:	8	8	8	8
            Gid:	9	9	9	9
            FDSize:	64
            Groups:	4 20 
            NStgid:	5000000
            NSpid:	5000000
            NSpgid:	0
            NSsid:	0
            Kthread:	0
            VmPeak:	      24 kB
            VmSize:	      24 kB
            VmLck:	       0 kB
            VmPin:	       0 kB
            VmHWM:	       4 kB
            VmRSS:	       4 kB
            RssAnon:	       4 kB
            RssFile:	       0 kB
            RssShmem:	       0 kB
            VmData:	      16 kB
            VmStk:	       0 kB
            VmExe:	       0 kB
            VmLib:	       8 kB
            VmPTE:	      12 kB
            VmSwap:	       0 kB
            HugetlbPages:	       0 kB
            CoreDumping:	0
            THP_enabled:	0
            untag_mask:	0xffffffffffffffff
            Threads:	1
            SigQ:	0/18446744073709551615
            SigPnd:	0000000000000000
            ShdPnd:	0000000000000000
            SigBlk:	0000000000000000
            SigIgn:	0000000000000000
            SigCgt:	0000000000000000
            CapInh:	0000000000000000
            CapPrm:	0000000000000000
            CapEff:	0000000000000000
            CapBnd:	000001ffffffffff
            CapAmb:	0000000000000000
            NoNewPrivs:	0
            Seccomp:	0
            Seccomp_filters:	0
            Speculation_Store_Bypass:	not vulnerable
            SpeculationIndirectBranch:	not affected
            Cpus_allowed:	1
            Cpus_allowed_list:	0
            Mems_allowed:	1
            Mems_allowed_list:	0
            voluntary_ctxt_switches:	0
            nonvoluntary_ctxt_switches:	0

            """,
            _task.Read("status"));
    }

    [Fact]
    public void A_zombie_has_no_memory_in_its_status()
    {
        int zombie = _task.MakeZombie();
        string text = _task.Read("status", zombie);
        Assert.Contains("State:\tZ (zombie)\n", text, StringComparison.Ordinal);
        Assert.Contains($"PPid:\t{ModelFixture.Pid}\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Vm", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Umask", text, StringComparison.Ordinal);
        Assert.Contains("Kthread:\t0\nThreads:\t1\n", text, StringComparison.Ordinal);
        Assert.Equal("0 0 0 0 0 0 0\n", _task.Read("statm", zombie));
        Assert.Equal("0\n", _task.Read("oom_score", zombie));
    }

    [Theory]
    [InlineData("exec /bin/sh", "sh", "/bin/sh\0")]
    [InlineData("exec 'two words'", "two words", "two words\0")]
    [InlineData("exec a\\b", "a\\b", "a\\b\0")]
    [InlineData("brk 0", "task", "task\0")]
    public void A_program_names_its_task(string call, string comm, string commandLine)
    {
        _task.Calls(call);
        Assert.Equal(comm + "\n", _task.Read("comm"));
        Assert.Equal(commandLine, _task.Read("cmdline"));
        Assert.Contains($"({comm})", _task.Read("stat"), StringComparison.Ordinal);
        Assert.StartsWith($"Name:\t{comm.Replace("\\", "\\\\", StringComparison.Ordinal)}\n", _task.Read("status"), StringComparison.Ordinal);
        Assert.Equal(comm + "\n", _task.Read("comm", _task.MakeChild()));
    }

    [Fact]
    public void Only_threads_of_its_own_change_its_name() => Assert.Equal(-Errno.EINVAL, TestMount.Write(_task.Open("comm"), "x"));

    [Fact]
    public void Stat_has_52_fields()
    {
        _task.Calls("mmap 0x100000 16384 rw private anon fixed", "store 0x100000 'x'");
        string[] fields = Fields(_task.Read("stat"));
        Assert.Equal(52, fields.Length);
        Assert.Equal(("S", "0", "20", "1"), (fields[2], fields[3], fields[17], fields[19]));
        Assert.Equal(("1", "0"), (fields[9], fields[11]));
        Assert.Equal("4711", fields[21]);
        Assert.Equal(("16384", "1"), (fields[22], fields[23]));
        Assert.Equal($"{HeapStart}", fields[46]);
        Assert.Equal(("0", "0", "1"), (fields[25], fields[26], fields[34]));
    }

    [Fact]
    public void Who_may_not_trace_it_sees_no_addresses_and_no_exit_code()
    {
        string[] fields = Fields(_task.Read("stat", opener: ModelFixture.Stranger));
        Assert.Equal(52, fields.Length);
        Assert.Equal(["1", "1", "0", "0", "0"], fields[25..30]);
        Assert.Equal("0", fields[34]);
        Assert.All(fields[44..], field => Assert.Equal("0", field));

        int zombie = _task.MakeZombie();
        Assert.Equal(("Z", "768"), (Fields(_task.Read("stat", zombie))[2], Fields(_task.Read("stat", zombie))[51]));
        Assert.Equal("0", Fields(_task.Read("stat", zombie, ModelFixture.Stranger))[51]);
    }

    [Fact]
    public void A_task_starts_when_it_is_made_and_its_child_when_that_is()
    {
        _task.Mount.Ticks = 5000;
        int child = _task.MakeChild();
        Assert.Equal(("4711", "5000"), (Fields(_task.Read("stat"))[21], Fields(_task.Read("stat", child))[21]));
        Assert.Equal($"{ModelFixture.Pid}", Fields(_task.Read("stat", child))[3]);
    }

    [Fact]
    public void Statm_is_in_pages()
    {
        _task.Calls("mmap 0x100000 16384 rw private anon fixed populate", "mmap 0x200000 8192 rw shared anon fixed populate");
        Assert.Equal("6 6 2 0 0 4 0\n", _task.Read("statm"));
    }

    [Fact]
    public void Limits_are_those_that_the_task_is_held_to()
    {
        _task.Calls("setrlimit data 4096");
        string text = _task.Read("limits");
        Assert.Contains("Max data size             4096                 unlimited            bytes     \n", text, StringComparison.Ordinal);
        Assert.Contains("Max locked memory         8388608              unlimited            bytes     \n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_small_ones()
    {
        Assert.Equal("0::/\n", _task.Read("cgroup"));
        Assert.Equal("0", _task.Read("wchan"));
        Assert.Equal("", _task.Read("environ"));
        Assert.Equal("rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n", _task.Read("io"));
        Assert.Equal("666\n", _task.Read("oom_score"));
    }

    [Fact]
    public void The_score_follows_memory_and_adjustment()
    {
        _task.Calls("mmap 0x100000 2M rw private anon fixed populate"); // half of the machine, two tables and two directories
        Assert.Equal("1002\n", _task.Read("oom_score"));
        foreach ((string adjustment, string score) in (ReadOnlySpan<(string, string)>)[("1000", "1653"), ("-500", "676"), ("-1000", "0")])
        {
            Assert.True(TestMount.Write(_task.Open("oom_score_adj"), adjustment) > 0);
            Assert.Equal(score + "\n", _task.Read("oom_score"));
        }
    }

    [Theory]
    [InlineData("0", 0)]
    [InlineData("17\n", 17)]
    [InlineData(" \t-17 \n", -17)]
    [InlineData("+5", 5)]
    [InlineData("0x10", 16)]
    [InlineData("010", 8)]
    [InlineData("1000", 1000)]
    [InlineData("-1000", -1000)]
    [InlineData("5\0junk", 5)]
    public void An_adjustment_is_read_as_the_kernel_reads_numbers(string text, int value)
    {
        Assert.Equal(text.Length, TestMount.Write(_task.Open("oom_score_adj"), text));
        Assert.Equal(string.Create(CultureInfo.InvariantCulture, $"{value}\n"), _task.Read("oom_score_adj"));
        Assert.Equal(_task.Read("oom_score_adj"), _task.Read("oom_score_adj", _task.MakeChild()));
    }

    [Theory]
    [InlineData("", Errno.EINVAL)]
    [InlineData("1001", Errno.EINVAL)]
    [InlineData("-1001", Errno.EINVAL)]
    [InlineData("5x", Errno.EINVAL)]
    [InlineData("08", Errno.EINVAL)]
    [InlineData("0x", Errno.EINVAL)]
    [InlineData("- 5", Errno.EINVAL)]
    [InlineData("+-5", Errno.EINVAL)]
    [InlineData("99999999999", Errno.ERANGE)]
    public void Another_text_changes_nothing(string text, int error)
    {
        Assert.Equal(-error, TestMount.Write(_task.Open("oom_score_adj"), text));
        Assert.Equal("0\n", _task.Read("oom_score_adj"));
    }

    [Fact]
    public void Lower_than_who_has_the_capability_set_it_only_he_sets_it()
    {
        Caller privileged = ModelFixture.User with { Capabilities = 1UL << Caller.CAP_SYS_RESOURCE };
        Assert.Equal(-Errno.EACCES, TestMount.Write(_task.Open("oom_score_adj", opener: ModelFixture.User), "-1"));
        Assert.Equal(3, TestMount.Write(_task.Open("oom_score_adj", opener: ModelFixture.User), "500"));
        Assert.Equal(1, TestMount.Write(_task.Open("oom_score_adj", opener: ModelFixture.User), "0"));
        Assert.Equal(4, TestMount.Write(_task.Open("oom_score_adj", opener: privileged), "-500"));
        Assert.Equal(4, TestMount.Write(_task.Open("oom_score_adj", opener: ModelFixture.User), "-100"));
        Assert.Equal(4, TestMount.Write(_task.Open("oom_score_adj", opener: ModelFixture.User), "-500"));
        Assert.Equal(-Errno.EACCES, TestMount.Write(_task.Open("oom_score_adj", opener: ModelFixture.User), "-501"));
    }

    private static string[] Fields(string stat)
    {
        int end = stat.LastIndexOf(')');
        return [stat[..stat.IndexOf('(')].Trim(), stat[stat.IndexOf('(')..end], .. stat[(end + 2)..].TrimEnd('\n').Split(' ')];
    }
}
