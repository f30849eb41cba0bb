using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>More files open than the daemon may have: nobody is refused for it, nothing is lost, nothing stands still.</summary>
public sealed class OpenFileLimitTests : MountedTest
{
    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void Clients_hold_four_times_as_many_files_as_the_daemon_has_descriptors(string mode)
    {
        const int Limit = 1024, Held = 4000;
        Mount mount = Mount($"{mode},nr_inodes=30000", deadlineSeconds: 120, openFiles: Limit);
        HoldAndUse(mount, mount.NewAgent(), Held);
        Assert.InRange(Descriptors(mount), 1, Limit / 2);
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void An_ordinary_user_holds_as_many_as_the_system_lets_him(string mode)
    {
        const int Held = 19_900;
        Mount mount = Mount($"{mode},nr_inodes=30000", deadlineSeconds: 200);
        HoldAndUse(mount, mount.NewAgent("nobody"), Held);
    }

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void Without_a_single_descriptor_left_every_request_is_answered(string mode)
    {
        const int ENFILE = 23;
        Mount mount = Mount($"{mode},nr_inodes=30000");
        Agent holder = mount.NewAgent("nobody");
        Agent other = mount.NewAgent();
        Assert.Equal(10, holder.Hold(mount["h"], 10));
        Assert.Equal("", mount.Ranges());
        Assert.NotEmpty(Directory.GetDirectories(mount.Proc("")));

        string limit = File.ReadLines($"/proc/{mount.Daemon.Pid}/limits").Single(line => line.StartsWith("Max open files", StringComparison.Ordinal))
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];

        // Fewer than the runtime itself has: nothing can be opened any more.
        SetSoftLimit(mount, "8");
        int made = other.TryOpen(mount["new"], Agent.O_RDWR | Agent.O_CREAT);
        Assert.Equal(-ENFILE, made < 0 ? made : other.TryWrite(made, 0, 1, 0x11));
        Assert.Equal(-ENFILE, holder.Hold(mount["h"], 1000));
        foreach (string path in (string[])[mount.Proc(""), mount.Proc("vranges"), mount.Proc($"{holder.Pid}/vrange"), mount.Proc("meminfo"), mount.Root])
            _ = Command.Run("timeout", "10", "sh", "-c", $"ls -l {path}; cat {path}").ExitCode is 124 ? throw new TimeoutException(path) : 0;
        Directory.CreateDirectory(mount["d"]);
        Assert.Equal(Modes.PassesThrough(mode), !File.Exists(mount["new"])); // there a name comes with its store

        SetSoftLimit(mount, limit);
        Assert.Equal(1000, holder.Hold(mount["h"], 1000));
        Assert.Equal(1000, holder.CheckHeld());
        int file = other.Open(mount["new"]);
        other.Write(file, 0, 3, 0x11);
        Assert.Equal("111111", other.Scan(file, 0, 3));
        AssertListed(mount, holder);
    }

    // On a busy machine a look at so many descriptors may take longer than a listing waits for it.
    private static void AssertListed(Mount mount, Agent holder)
        => Wait.Until(() => Directory.Exists(mount.Proc($"{holder.Pid}"))
            && Directory.GetDirectories(mount.Proc("")).Select(Path.GetFileName).Contains($"{holder.Pid}"), "the holder is listed");

    private static void SetSoftLimit(Mount mount, string limit)
        => Command.Run(Prerequisites.Program("prlimit", "util-linux"), $"--nofile={limit}:", "--pid", $"{mount.Daemon.Pid}").Succeeded();

    private static void HoldAndUse(Mount mount, Agent holder, int count)
    {
        Assert.Equal(count, holder.Hold(mount["h"], count));
        Agent other = mount.NewAgent();

        // A file that the daemon has closed meanwhile is marked, purged and taken back as any other.
        int first = other.Open(mount["h0"], Agent.O_RDWR);
        other.Mark(first, 0, 1);
        Assert.Equal(1, mount.Discard("all"));
        Assert.Equal(new Loss(1, Agent.PageSize), other.Unmark(first, 0, 1));
        Assert.Equal("00", other.Scan(first, 0, 1));
        Assert.Equal(sizeof(int), other.TryWrite(first, 0, sizeof(int), 0));
        Assert.Equal(8, other.Stat(first).Blocks);

        Assert.Equal("", mount.Ranges());
        AssertListed(mount, holder);
        int file = other.Open(mount["other"]);
        other.Write(file, 0, 3, 0x11);
        Assert.Equal("111111", other.Scan(file, 0, 3));
        Assert.Equal(count, holder.CheckHeld());

        holder.ReleaseHeld();
        Assert.Equal(count + 2, Directory.GetFileSystemEntries(mount.Root).Length);
        Assert.Equal(BitConverter.GetBytes(count - 1), File.ReadAllBytes(mount[$"h{count - 1}"]));
    }

    private static int Descriptors(Mount mount) => Directory.GetFileSystemEntries($"/proc/{mount.Daemon.Pid}/fd").Length;
}
