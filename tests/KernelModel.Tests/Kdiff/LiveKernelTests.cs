using System.Diagnostics;
using System.Globalization;
using KernelModel.Replay;

namespace KernelModel.Tests.Kdiff;

/// <summary>
/// Random scripts on the running kernel against the model. Needs gcc, root and the kernel the model follows. How many,
/// and from which seed on: KDIFF_COUNT (default 150) and KDIFF_SEED (default 1); nightly runs set both.
/// KDIFF_SWAP=1 says that the machine has swap and plays the scripts that page out.
/// </summary>
public sealed class LiveKernelTests
{
    [SkippableFact]
    public void Random_scripts_agree_with_the_running_kernel()
    {
        Skip.IfNot(Environment.IsPrivilegedProcess, "Needs root: the scripts lock memory beyond the limit.");
        Skip.IfNot(Environment.OSVersion.Version is { Major: 6, Minor: 18 }, "The model follows Linux 6.18.");
        Skip.IfNot(File.Exists("/usr/bin/gcc"), "Needs gcc to build the recorder.");
        bool swap = Environment.GetEnvironmentVariable("KDIFF_SWAP") == "1";
        Skip.If(!swap && File.ReadAllLines("/proc/swaps").Length > 1, "The machine swaps; set KDIFF_SWAP=1.");

        string recorder = Path.Combine(Path.GetTempPath(), $"recorder-{Environment.ProcessId}");
        try
        {
            Run("/usr/bin/gcc", $"-O1 -o {recorder} {string.Join(' ', Directory.GetFiles(Fixtures.Root, "*.c"))}", "");
            ulong first = Setting("KDIFF_SEED", 1);
            for (ulong seed = first; seed < first + Setting("KDIFF_COUNT", 150); seed++)
            {
                string script = RandomScript.Make(seed, 40, swap);
                string kernel = Run(recorder, "24", script);
                string model = new ScriptPlayer(24, swap ? ScriptPlayer.DefaultSwapPages : 0).Run(script);
                string? difference = TraceDiff.First(kernel, model);
                Assert.True(difference is null, $"seed {seed}: {difference}");
            }
        }
        finally
        {
            File.Delete(recorder);
        }
    }

    private static ulong Setting(string name, ulong missing)
        => ulong.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out ulong value) ? value : missing;

    private static string Run(string program, string arguments, string input)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
