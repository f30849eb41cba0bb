using System.Diagnostics;
using Fuse;

namespace Mounted.Tests.Running;

/// <summary>
/// A mount with its daemon, in a directory of its own that everybody may enter. Whatever becomes of the test, nothing of it
/// stays: a connection that hangs is aborted, at the deadline or at the end.
/// </summary>
internal sealed class Mount : IDisposable
{
    private static readonly TimeSpan s_endPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_startPatience = TimeSpan.FromSeconds(20);
    private static readonly HashSet<Mount> s_alive = [];

    private readonly Timer _watchdog;
    private readonly List<Process> _users = [];
    private readonly string _home;
    private bool _late;

    static Mount()
    {
        // A run that is cancelled disposes nothing.
        AppDomain.CurrentDomain.ProcessExit += static (_, _) =>
        {
            foreach (Mount mount in s_alive.ToArray())
                mount.Clear();
        };
    }

    private Mount(string home, Func<string, Daemon> start, TimeSpan deadline)
    {
        _home = home;
        Root = Path.Combine(home, "mnt");
        Directory.CreateDirectory(Root);
        s_alive.Add(this);
        Daemon = start(Root);
        Connection = WaitUntilMounted();
        _watchdog = new Timer(_ => TooLate(), null, deadline, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The mount point.</summary>
    public string Root { get; }

    /// <summary>A directory beside the mount, with what is needed of the host.</summary>
    public string Outside => _home;

    public Daemon Daemon { get; }

    /// <summary>The name of the connection in fusectl.</summary>
    public uint Connection { get; }

    public static Mount Start(string options = "", int deadlineSeconds = 60, int openFiles = 0)
    {
        Prerequisites.Fuse();
        Prerequisites.RightToMount();
        using UringParameter? parameter = UringParameter.IsThere ? new UringParameter(Modes.UsesRings(options)) : null;
        return new Mount(NewHome(), root => Daemon.Start(root, options, openFiles), TimeSpan.FromSeconds(deadlineSeconds));
    }

    /// <summary>A directory for a mount; the tests' own may be closed to other users.</summary>
    public static string NewHome()
    {
        string home = Directory.CreateTempSubdirectory("vrangefs-test.").FullName;
        Open(home);
        return home;
    }

    /// <summary>Everybody may enter and read.</summary>
    public static void Open(string path) => File.SetUnixFileMode(path, (UnixFileMode)0x1ED); // 0755

    /// <summary>A path inside the mount.</summary>
    public string this[string name] => Path.Combine(Root, name);

    public string Proc(string name) => Path.Combine(Root, "proc", name);

    public Agent NewAgent(string? user = null)
        => Keep(user is null ? Command.Info(NativePrograms.Agent) : Command.Info("su", user, "-s", "/bin/sh", "-c", $"exec {SharedAgent()}"));

    /// <summary>An agent that a user's shell becomes after it has done something.</summary>
    public Agent NewAgentAfter(string user, string script, string? program = null)
        => Keep(Command.Info("su", user, "-s", "/bin/sh", "-c", $"{script}; exec {program ?? SharedAgent()}"));

    /// <summary>A copy of a program, the agent if none is named, that runs as root whoever starts it.</summary>
    public string SetUserId(string? program = null)
    {
        string copy = Path.Combine(_home, $"suid-{Path.GetFileName(program ?? NativePrograms.Agent)}");
        File.Copy(program ?? NativePrograms.Agent, copy);
        Command.Shell($"chown root:root {copy} && chmod 4755 {copy}").Succeeded();
        return copy;
    }

    /// <summary>An agent of nobody who is in a group besides.</summary>
    public Agent NewAgentInGroup(int gid)
        => Keep(Command.Info(
            Prerequisites.Program("setpriv", "util-linux"), "--reuid=65534", "--regid=65534", $"--groups={gid}", SharedAgent()));

    /// <summary>Starts a program that ends with the mount at the latest.</summary>
    public Process StartUser(string program, params ReadOnlySpan<string> arguments)
    {
        Process process = Process.Start(Command.Info(program, arguments))!;
        _users.Add(process);
        return process;
    }

    /// <summary>proc/vranges.</summary>
    public string Ranges() => File.ReadAllText(Proc("vranges"));

    /// <summary>Purges as the operator does, and returns how many pages went.</summary>
    public long Discard(string what)
    {
        File.WriteAllText(Proc("sys/vm/discard_vranges"), what);
        return long.Parse(File.ReadAllText(Proc("sys/vm/discard_vranges")), System.Globalization.CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        bool gone = Daemon.HasExited;
        bool clean = false;
        int? exitCode = null;
        try
        {
            EndUsers();
            clean = gone || Unmount();
            exitCode = clean ? Daemon.WaitForExit() : null;
        }
        finally
        {
            _watchdog.Dispose(); // until here it may have to abort an unmount that hangs
            Clear();
        }

        Assert.False(_late, $"the deadline passed and the connection was aborted\n{Daemon.Log}");
        Assert.True(clean, $"{Root} could not be unmounted\n{Daemon.Log}");
        Assert.True(gone || exitCode == 0, $"the daemon ended with {exitCode}\n{Daemon.Log}");
        Assert.DoesNotContain("fail:", Daemon.Log, StringComparison.Ordinal);
    }

    private Agent Keep(ProcessStartInfo start)
    {
        var agent = new Agent(start);
        _users.Add(agent.Process);
        return agent;
    }

    // A child of a killed process may take a moment longer to let its files go: until then the mount is busy.
    private bool Unmount()
    {
        long start = Stopwatch.GetTimestamp();
        while (Command.Run("umount", Root).ExitCode != 0)
        {
            if (Stopwatch.GetElapsedTime(start) > s_endPatience)
                return false;
            Thread.Sleep(20);
        }

        return true;
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
            process.WaitForExit(TimeSpan.FromSeconds(5));
        }
        catch (InvalidOperationException)
        {
            // It has ended, or the test has disposed it.
        }
    }

    /// <summary>An agent that other users may execute.</summary>
    public string SharedAgent()
    {
        string copy = Path.Combine(_home, "agent");
        if (!File.Exists(copy))
        {
            File.Copy(NativePrograms.Agent, copy);
            Open(copy);
        }

        return copy;
    }

    private uint WaitUntilMounted()
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < s_startPatience && !Daemon.HasExited)
        {
            // The mount is looked at by a child: it may hang.
            if (MountTable.ConnectionOf(Root) is uint connection && Command.Run("timeout", "5", "stat", "-f", Root).ExitCode == 0)
                return connection;
            Thread.Sleep(20);
        }

        _ = Daemon.WaitForExit();
        Clear();
        Assert.Fail($"no mount on {Root}\n{Daemon.Log}");
        return 0;
    }

    private void TooLate()
    {
        _late = true;
        if (!Daemon.HasExited) // else the number may be that of another mount
            _ = FuseControl.Abort(Connection);
        foreach (Process process in _users.ToArray())
            Kill(process);
    }

    private void EndUsers()
    {
        foreach (Process process in _users)
        {
            Kill(process);
            process.Dispose();
        }

        _users.Clear();
    }

    private void Clear()
    {
        EndUsers();
        if (MountTable.ConnectionOf(Root) is uint connection)
        {
            _ = FuseControl.Abort(connection);
            _ = Command.Run("umount", "-l", Root);
        }

        Daemon.Dispose();
        s_alive.Remove(this);
        Directory.Delete(_home, recursive: true);
    }
}
