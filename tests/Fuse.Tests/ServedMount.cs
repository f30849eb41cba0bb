using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Fuse.Tests;

/// <summary>
/// A mount served by a process of its own. Whatever happens, the connection is aborted at the deadline, and nothing is left over
/// at the end: neither a mount, nor a process, nor the directory.
/// </summary>
internal sealed class ServedMount : IDisposable
{
    private const int MNT_DETACH = 2;
    private static readonly TimeSpan s_deadline = TimeSpan.FromSeconds(30);
    private readonly Process _server;
    private readonly Timer? _watchdog;

    internal ServedMount(MountMethod method, string? mountPoint = null, int ringDepth = 8)
    {
        Prerequisites.Fuse();
        Prerequisites.RightToMount();
        MountPoint = mountPoint ?? Directory.CreateTempSubdirectory("fuse-test-").FullName;
        ProcessStartInfo start = new("dotnet")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Fuse.TestServer.dll"), MountPoint, method.ToString(), "2", ringDepth.ToString(CultureInfo.InvariantCulture) },
        };
        _server = Process.Start(start)!;
        string? ready = _server.StandardOutput.ReadLine();
        if (ready is null)
        {
            Errors = _server.StandardError.ReadToEnd();
            _server.WaitForExit();
            return;
        }

        string[] words = ready.Split(' ');
        Connection = uint.Parse(words[1], CultureInfo.InvariantCulture);
        Transport = Enum.Parse<FuseTransport>(words[2]);
        _watchdog = new Timer(_ => Abort(), null, s_deadline, Timeout.InfiniteTimeSpan);
    }

    internal string MountPoint { get; }

    internal uint Connection { get; }

    internal FuseTransport Transport { get; }

    /// <summary>Why the server did not come up.</summary>
    internal string Errors { get; private set; } = "";

    internal int ServerId => _server.Id;

    internal bool IsMounted => Entry?.Connection is not null;

    internal static MountEntry? EntryOf(string directory)
    {
        using MountTable table = new();
        return MountTable.TopAt(table.Read(), Encoding.UTF8.GetBytes(directory));
    }

    private MountEntry? Entry => EntryOf(MountPoint);

    internal string At(string name) => Path.Combine(MountPoint, name);

    /// <summary>Waits for the server's end and returns its exit code, or null if it does not end.</summary>
    internal int? WaitForServer(double seconds = 20) => _server.WaitForExit(TimeSpan.FromSeconds(seconds)) ? _server.ExitCode : null;

    // A number without its mount may be that of the next one, which another test has.
    private void Abort()
    {
        if (Entry?.Connection is uint connection)
            _ = FuseControl.Abort(connection);
    }

    public void Dispose()
    {
        Abort();
        while (IsMounted && TestLibc.umount2(MountPoint, MNT_DETACH) == 0)
        {
        }

        if (!_server.WaitForExit(s_deadline))
            _server.Kill();
        _watchdog?.Dispose();
        _server.Dispose();
        if (Directory.Exists(MountPoint) && Path.GetFileName(MountPoint).StartsWith("fuse-test-", StringComparison.Ordinal))
            Directory.Delete(MountPoint);
    }
}
