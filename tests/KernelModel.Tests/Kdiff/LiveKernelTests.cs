using System.Globalization;
using KernelModel.Replay;

namespace KernelModel.Tests.Kdiff;

/// <summary>
/// Random scripts on the running kernel against the model, 1,000 without swap, 500 with, 100 with huge pages. Needs gcc, root and the kernel
/// the model follows, and for swap a zram device, which is set up and taken down again. Other scripts each night:
/// KDIFF_SEED is the first seed (10001), KDIFF_COUNT the scripts (1000, half as many with swap, a tenth with huge pages). KDIFF_SWAP=1 says that
/// the machine has zram swap already.
/// </summary>
public sealed class LiveKernelTests
{
    // What a script shows can depend on when the kernel drains its per-CPU lists, and another process can make it.
    private const int Attempts = 4;

    [SkippableFact]
    public void Random_scripts_agree_with_the_running_kernel()
    {
        Skip.If(Recorder.Obstacle is not null, Recorder.Obstacle);
        Compare(Setting("KDIFF_COUNT", 1000), ScriptKind.Plain);
    }

    [SkippableFact]
    public void Random_scripts_that_page_out_agree_with_the_running_kernel()
    {
        Skip.If(Recorder.Obstacle is not null, Recorder.Obstacle);
        bool swaps = Environment.GetEnvironmentVariable("KDIFF_SWAP") == "1";
        string obstacle = "";
        using ZramSwap? swap = swaps ? null : ZramSwap.TryCreate(out obstacle);
        Skip.IfNot(swaps || swap is not null, obstacle);
        Compare(Setting("KDIFF_COUNT", 1000) / 2, ScriptKind.Swap);
    }

    [SkippableFact]
    public void R80_random_scripts_with_huge_pages_agree_with_the_running_kernel()
    {
        Skip.If(Recorder.Obstacle is not null, Recorder.Obstacle);
        using HugePool? pool = HugePool.TryCreate(out string obstacle);
        Skip.If(pool is null, obstacle);
        Compare(Setting("KDIFF_COUNT", 1000) / 10, ScriptKind.Huge);
    }

    private static void Compare(ulong count, ScriptKind kind)
    {
        using Recorder recorder = new();
        ulong first = Setting("KDIFF_SEED", 10001);
        SortedDictionary<ulong, string> differences = [];
        Parallel.ForEach(recorder.Play(first, count, kind), recorded =>
        {
            if (Fixtures.Difference(recorded.Key, recorded.Value, kind, recorder.ForbidsZeroPage) is not { } difference)
                return;
            lock (differences)
                differences.Add(recorded.Key, difference);
        });
        foreach ((ulong seed, string difference) in differences)
        {
            string? last = difference;
            for (int attempt = 1; attempt < Attempts && last is not null; attempt++)
                last = Fixtures.Difference(seed, recorder.Play(seed, 1, kind)[seed], kind, recorder.ForbidsZeroPage);
            Assert.True(last is null, $"seed {seed}: {last}");
        }
    }

    private static ulong Setting(string name, ulong missing)
        => ulong.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out ulong value) ? value : missing;
}
