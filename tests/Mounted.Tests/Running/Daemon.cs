using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Mounted.Tests.Running;

/// <summary>A vrangefs process and what it logged.</summary>
internal sealed class Daemon : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private readonly Process _process;
    private readonly StringBuilder _log = new();

    private Daemon(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += Keep;
        _process.ErrorDataReceived += Keep;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The daemon that was built with the tests.</summary>
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "vrangefs");

    public int Pid => _process.Id;

    /// <summary>How often it has called read(2): once a request unless it polls, and for what it looks up itself.</summary>
    public long Reads
        => long.Parse(
            File.ReadLines($"/proc/{Pid}/io").Single(line => line.StartsWith("syscr:", StringComparison.Ordinal))[6..],
            CultureInfo.InvariantCulture);

    /// <summary>How many threads it has.</summary>
    public int Threads => Directory.GetDirectories($"/proc/{Pid}/task").Length;

    /// <summary>One of its threads, by name.</summary>
    public int ThreadId(string name)
        => int.Parse(
            Path.GetFileName(Directory.EnumerateDirectories($"/proc/{Pid}/task").Single(task => File.ReadAllText($"{task}/comm") == $"{name}\n")),
            CultureInfo.InvariantCulture);

    public bool HasExited => _process.HasExited;

    public string Log
    {
        get
        {
            lock (_log)
                return _log.ToString();
        }
    }

    /// <summary>Starts one, with so many open files at most if that is not 0.</summary>
    public static Daemon Start(string directory, string options, int openFiles = 0)
    {
        ProcessStartInfo start = openFiles == 0
            ? Command.Info(Program, directory, "-f")
            : Command.Info(Prerequisites.Program("prlimit", "util-linux"), $"--nofile={openFiles}:{openFiles}", Program, directory, "-f");
        if (options.Length > 0)
        {
            start.ArgumentList.Add("-o");
            start.ArgumentList.Add(options);
        }

        return new Daemon(start);
    }

    /// <summary>Its exit code, or null when it does not end.</summary>
    public int? WaitForExit()
    {
        if (!_process.WaitForExit(s_patience))
            return null;
        _process.WaitForExit(); // and the end of its output
        return _process.ExitCode;
    }

    public void Signal(string signal) => Command.Run("kill", "-s", signal, $"{Pid}").Succeeded();

    public void Kill() => _process.Kill();

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit(s_patience);
        }

        _process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_log)
            _log.AppendLine(line.Data);
    }
}
