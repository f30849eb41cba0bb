using System.Diagnostics;
using KernelModel.Replay;

namespace KernelModel.Tests.Kdiff;

/// <summary>The recorder, built for the time of a test.</summary>
internal sealed class Recorder : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("recorder");
    private readonly string _program;

    public Recorder()
    {
        _program = Path.Combine(_directory.FullName, "recorder");
        string sources = string.Join(' ', Directory.GetFiles(Fixtures.Root, "*.c"));

        // Without the areas of a shared libc there is less to pass over.
        if (Run("/usr/bin/gcc", $"-O1 -static -o {_program} {sources}", "").Status != 0)
            Assert.Equal(0, Run("/usr/bin/gcc", $"-O1 -o {_program} {sources}", "").Status);

        (int status, string trace) = Run(_program, "24 batch", "== 1\nmap 0 1 rw p\ntouch 0 1 r\n");
        Assert.Equal(0, status);
        ForbidsZeroPage = trace.Contains("Rss=1", StringComparison.Ordinal);
    }

    /// <summary>Whether a page that was only read is a page of its own on the running kernel.</summary>
    public bool ForbidsZeroPage { get; }

    /// <summary>Why the running kernel cannot be asked, or null.</summary>
    public static string? Obstacle
        => !Environment.IsPrivilegedProcess ? "Needs root: the scripts lock memory beyond the limit."
            : Environment.OSVersion.Version is not { Major: 6, Minor: 18 } ? "The model follows Linux 6.18."
            : !File.Exists("/usr/bin/gcc") ? "Needs gcc to build the recorder."
            : null;

    /// <summary>What the kernel answers to random scripts, by seed.</summary>
    public Dictionary<ulong, string> Play(ulong first, ulong count, ScriptKind kind)
    {
        string scripts = string.Concat(Seeds(first, count).Select(seed =>
            $"== {seed}\n{kind.Script(seed)}"));
        (int status, string traces) = Run(_program, $"{kind.Arena()} batch{(kind == ScriptKind.Huge ? " huge" : "")}", scripts);
        Assert.Equal(0, status);
        Dictionary<ulong, string> recorded = Fixtures.Split(new StringReader(traces)).ToDictionary();
        Assert.Equal((int)count, recorded.Count);
        return recorded;
    }

    public static IEnumerable<ulong> Seeds(ulong first, ulong count)
    {
        for (ulong seed = first; seed < first + count; seed++)
            yield return seed;
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private static (int Status, string Output) Run(string program, string arguments, string input)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string text = output.GetAwaiter().GetResult();
        process.WaitForExit();
        return (process.ExitCode, text);
    }
}
