using System.Diagnostics;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>Who waits in proc, and whoever in it is looked at, keeps nobody else waiting.</summary>
public sealed class ProcWaitTests : MountedTest
{
    private const int Page = Agent.PageSize;
    private const int EAGAIN = 11;
    private const int O_NONBLOCK = 0x800;
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(5);

    private readonly List<HungMount> _hung = [];

    [Theory]
    [InlineData(Modes.Cached)]
    [InlineData(Modes.CachedRings)]
    [InlineData(Modes.Sigbus)]
    public void Who_waits_for_a_purge_keeps_no_other_writer_waiting_and_hears_signals(string mode)
    {
        Mount mount = Mount(mode);
        Agent agent = mount.NewAgent(), tracer = mount.NewAgent(), other = mount.NewAgent("nobody");
        int file = agent.Open(mount["f"]);
        agent.Write(file, 0, 4, 0x11);
        agent.Mark(file, 0, 4);
        int theirs = other.Open(mount["own"]);

        // The purge ends when the host's pages are gone, which this thread sees to.
        int thread = mount.Daemon.ThreadId("invalidate");
        tracer.StopThread(thread);
        Process purge = mount.StartUser("sh", "-c", $"exec /bin/echo all >{mount.Proc("sys/vm/discard_vranges")}");
        Wait.Until(() => InTime($"cat {mount.Proc("vranges")}").Contains(" p 0 /f\n", StringComparison.Ordinal), "the purge has begun");
        Process[] waiting =
        [
            purge,
            mount.StartUser("sh", "-c", $"exec /bin/echo '/f 0 4096 nonvolatile' 1<>{mount.Proc("fvrange")}"),
            mount.StartUser("sh", "-c", $"exec /bin/echo '/f 0 4096 nonvolatile' >{mount.Proc("fvrange")}"),
            mount.StartUser("setfattr", "-n", "user.vrange", "-v", "4096 4096 nonvolatile", mount["f"]),
        ];
        Wait.Until(() => waiting.All(Waits), "all wait");
        Assert.Equal(0, other.Tell(mount.Proc("fvrange"), "/own 0 4096 volatile"));
        InTime($"su nobody -s /bin/sh -c \"echo '/own 0 4096 nonvolatile' >{mount.Proc("fvrange")}\"");
        foreach (Process process in waiting)
        {
            Assert.True(Waits(process));
            Command.Run("kill", "-s", "TERM", $"{process.Id}").Succeeded();
            Assert.True(process.WaitForExit(s_soon));
        }

        tracer.ContinueThread(thread);
        Assert.Equal(new Loss(1, 4 * Page), agent.Unmark(file, 0, 4));
        other.Close(theirs);
    }

    [Theory]
    [MemberData(nameof(Modes.Zero), MemberType = typeof(Modes))]
    public void A_process_whose_address_space_is_locked_keeps_nobody_waiting(string mode)
    {
        Mount mount = Mount(mode);
        Agent agent = mount.NewAgent(), stuck = mount.NewAgent("nobody"), other = mount.NewAgent("nobody");
        int file = agent.Open(mount["f"]);
        int theirs = stuck.Open(mount["own"]);
        stuck.Mark(theirs, 0, 4);
        _ = stuck.Map(theirs, 0, 4);
        stuck.Close(theirs);
        _ = other.Open(mount["other"]);
        GetStuck(mount, stuck);

        foreach (string command in (string[])[
            $"ls {mount.Proc("")}",
            $"ls -l {mount.Proc($"{stuck.Pid}")} | grep -q smaps", // of its exe it hears EAGAIN
            $"cat {mount.Proc($"{other.Pid}/vrange")} {mount.Proc("self/vrange")}",
            $"echo all >{mount.Proc($"{other.Pid}/reclaim")}",
            $"echo all >{mount.Proc("sys/vm/discard_vranges")}",
            $"echo '/other 0 4096 volatile' >{mount.Proc("fvrange")}",
            $"! mkdir {mount.Proc("no")}",
            $"cat {mount["f"]}"])
            InTime(command);

        string[] listed = InTime($"ls {mount.Proc("")}").Split('\n');
        Assert.Contains($"{agent.Pid}", listed);
        Assert.Contains($"{other.Pid}", listed);
        Assert.Contains(" /own\n", InTime($"cat {mount.Proc("vranges")}"), StringComparison.Ordinal); // it may be mapped still
        int listing = other.Open(mount.Proc($"{stuck.Pid}/vrange"), Agent.O_RDONLY);
        Assert.Equal(-EAGAIN, other.TryRead(listing, 0, 100));
        Assert.Equal(-EAGAIN, other.Tell(mount.Proc($"{stuck.Pid}/reclaim"), "all"));
        agent.Close(file);
    }

    [Fact]
    public void A_strangers_processes_whose_address_spaces_are_locked_hide_nobody_elses()
    {
        Mount mount = Mount();
        Agent agent = mount.NewAgent();
        int file = agent.Open(mount["f"]);
        ulong map = agent.Map(file, 0, 1);
        agent.Mark(file, 0, 1);
        agent.Close(file);
        for (int i = 0; i < 12; i++)
        {
            Agent stuck = mount.NewAgent("nobody");
            _ = stuck.Map(stuck.Open(mount[$"own{i}"]), 0, 1);
            GetStuck(mount, stuck);
        }

        for (int i = 0; i < 5; i++)
        {
            Assert.Contains($"{agent.Pid}", InTime($"ls {mount.Proc("")}").Split('\n'));
            Assert.Equal($"{map:x8}-{map + Page - 1:x8} v /f\n", InTime($"cat {mount.Proc($"{agent.Pid}/vrange")}"));
        }
    }

    [Theory]
    [MemberData(nameof(Modes.Zero), MemberType = typeof(Modes))]
    public void Other_threads_have_what_a_main_thread_that_has_exited_had(string mode)
    {
        // R11
        Mount mount = Mount(mode);
        Agent agent = mount.NewAgent();
        int file = agent.Open(mount["f"]);
        agent.Write(file, 0, 1, 0x11);
        agent.Mark(file, 0, 1);
        ulong map = agent.Map(file, 0, 1);
        agent.Close(file);
        int pid = agent.Pid;

        agent.LeaveMainThread();
        Wait.Until(() => File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal), "the main thread has exited");

        Assert.Contains(" v 1 /f\n", mount.Ranges(), StringComparison.Ordinal);
        Assert.Equal($"{map:x8}-{map + Page - 1:x8} v /f\n", File.ReadAllText(mount.Proc($"{pid}/vrange")));
        Assert.Contains($"{pid}", Command.Run("ls", mount.Proc("")).Succeeded().Split('\n'));
        Assert.Equal(1, mount.Discard("all"));
        agent.Unmap(map, 1);
        Wait.Until(() => !mount.Ranges().Contains(" v ", StringComparison.Ordinal), "nobody has the file any more");
    }

    protected override void Dispose(bool disposing)
    {
        // First: what hangs in them cannot be killed, and holds the mounts of the tests.
        foreach (HungMount hung in _hung)
            hung.Dispose();
        base.Dispose(disposing);
    }

    // Waits in mmap(2), as long as the test runs.
    private void GetStuck(Mount mount, Agent agent)
    {
        var hung = new HungMount(Path.Combine(mount.Outside, $"hung{_hung.Count}"));
        _hung.Add(hung);
        int cached = agent.Open(hung.FileName, Agent.O_RDWR);
        agent.Poke(agent.Map(cached, 0, 1), 1, 0x11);
        int direct = agent.Open(hung.FileName, Agent.O_RDWR | O_NONBLOCK);
        int pid = agent.Pid;
        _ = Task.Run(() => agent.Cover(direct));
        Wait.Until(() => Command.Run("timeout", "0.5", "cat", $"/proc/{pid}/maps").ExitCode == 124, "its maps cannot be read");
    }

    private static string InTime(string command) => Command.Run("timeout", "-s", "KILL", $"{s_soon.TotalSeconds}", "sh", "-c", command).Succeeded();

    private static bool Waits(Process process)
        => process.HasExited is false && File.ReadAllText($"/proc/{process.Id}/wchan").Contains("request_wait_answer", StringComparison.Ordinal);
}
