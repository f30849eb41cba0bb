using ProcFs.Nodes;

namespace ProcFs.Tests.Model;

/// <summary>Who may open what of a task, and what an open file says when the task has ended.</summary>
public sealed class RightsTests
{
    private static readonly string[] s_open =
        ["status", "stat", "statm", "cmdline", "comm", "limits", "oom_score", "oom_score_adj", "cgroup", "wchan"];
    private static readonly string[] s_inspected = ["maps", "smaps", "smaps_rollup", "environ", "io", "pagemap", "mem", "vrange"];

    private readonly ModelFixture _task = new();

    public static TheoryData<string> Open => [.. s_open];

    public static TheoryData<string> Inspected => [.. s_inspected];

    [Theory]
    [InlineData("maps", 0x8124u)]
    [InlineData("smaps", 0x8124u)]
    [InlineData("smaps_rollup", 0x8124u)]
    [InlineData("status", 0x8124u)]
    [InlineData("stat", 0x8124u)]
    [InlineData("statm", 0x8124u)]
    [InlineData("cmdline", 0x8124u)]
    [InlineData("comm", 0x81A4u)]
    [InlineData("limits", 0x8124u)]
    [InlineData("oom_score", 0x8124u)]
    [InlineData("oom_score_adj", 0x81A4u)]
    [InlineData("cgroup", 0x8124u)]
    [InlineData("wchan", 0x8124u)]
    [InlineData("environ", 0x8100u)]
    [InlineData("io", 0x8100u)]
    [InlineData("pagemap", 0x8100u)]
    [InlineData("mem", 0x8180u)]
    [InlineData("clear_refs", 0x8080u)]
    public void A_file_has_the_mode_that_the_kernel_gives_it(string file, uint mode)
    {
        ProcNode node = _task.Mount.Node($"{ModelFixture.Pid}/{file}")!;
        Assert.Equal((mode, 8u, 9u), (node.Mode, node.Uid, node.Gid));
    }

    [Theory]
    [MemberData(nameof(Open))]
    public void Anybody_reads_what_gives_nothing_away(string file) => Assert.NotEqual("", _task.Read(file, opener: ModelFixture.Stranger));

    [Theory]
    [MemberData(nameof(Inspected))]
    public void The_memory_is_for_who_may_trace_it(string file)
    {
        Assert.Equal(0, _task.TryOpen(file, ModelFixture.User));
        Assert.Equal(0, _task.TryOpen(file, ModelFixture.Tracer));
        Assert.Equal(-Errno.EACCES, _task.TryOpen(file, ModelFixture.Stranger));
        Assert.Equal(-Errno.EACCES, _task.TryOpen(file, ModelFixture.User with { Gid = 1 }));
        Assert.Equal(-Errno.EACCES, _task.TryOpen(file, ModelFixture.User with { IsForeign = true }));

        _task.Make(5_000_007, ModelFixture.User with { Capabilities = 1 });
        Assert.Equal(-Errno.EACCES, _task.TryOpen(file, ModelFixture.User, 5_000_007)); // it may more than he
        Assert.Equal(0, _task.TryOpen(file, ModelFixture.User with { Capabilities = 3 }, 5_000_007));
    }

    [Theory]
    [MemberData(nameof(Open))]
    public void A_zombie_still_shows_what_it_is(string file)
        => Assert.Equal(file == "cmdline", _task.Read(file, _task.MakeZombie()).Length == 0);

    [Theory]
    [InlineData("environ")]
    [InlineData("pagemap")]
    [InlineData("mem")]
    [InlineData("smaps_rollup")]
    public void Memory_that_is_gone_cannot_be_opened(string file)
        => Assert.Equal(-Errno.ESRCH, _task.TryOpen(file, ModelFixture.User, _task.MakeZombie()));

    [Theory]
    [MemberData(nameof(Open))]
    [InlineData("maps")]
    [InlineData("smaps")]
    [InlineData("smaps_rollup")]
    [InlineData("io")]
    [InlineData("vrange")]
    public void What_was_open_is_ESRCH_when_the_task_is_gone_also_when_its_number_is_back(string file)
    {
        ProcOpenFile open = _task.Open(file);
        _task.Remove();
        Assert.Equal(-Errno.ESRCH, open.Read(0, new byte[100], forCache: false));
        _task.Make(ModelFixture.Pid, ModelFixture.User);
        Assert.Equal(-Errno.ESRCH, open.Read(0, new byte[100], forCache: false));
    }

    [Theory]
    [InlineData("environ")]
    [InlineData("pagemap")]
    [InlineData("mem")]
    public void Memory_that_was_open_is_empty_when_the_task_is_gone(string file)
    {
        ProcOpenFile open = _task.Open(file);
        _task.Remove();
        _task.Make(ModelFixture.Pid, ModelFixture.User);
        _task.Calls("mmap 0x10000 4096 rw private anon fixed");
        Assert.Equal(0, open.Read(0x10000, new byte[8], forCache: false));
    }

    [Theory]
    [InlineData("clear_refs", "1", Errno.ESRCH)]
    [InlineData("clear_refs", "6", Errno.EINVAL)]
    [InlineData("oom_score_adj", "5", Errno.ESRCH)]
    [InlineData("oom_score_adj", "5000", Errno.EINVAL)]
    public void A_command_is_read_before_its_task_is_looked_for(string file, string text, int error)
    {
        ProcOpenFile open = _task.Open(file);
        _task.Remove();
        Assert.Equal(-error, TestMount.Write(open, text));
    }

    [Fact]
    public void A_directory_of_a_thread_has_the_files_too()
        => Assert.Equal(_task.Read("maps"), _task.Read($"task/{ModelFixture.Pid}/maps"));
}
