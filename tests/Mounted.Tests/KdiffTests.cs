using KernelModel.Replay;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>Tasks in a mount show in their files, line for line, what Linux 6.18 showed of processes that made the same calls.</summary>
public sealed class KdiffTests : MountedTest
{
    private const int Scripts = 200;
    private const int FirstTask = 5_000_000;

    [Fact]
    public void Random_scripts_agree_with_what_was_recorded()
    {
        Mount mount = Mount("swap=0", deadlineSeconds: 180);
        Agent agent = mount.NewAgent();
        Directory.CreateDirectory(mount.Proc($"{FirstTask}"));
        using MountedTask keeper = new(mount.Proc($"{FirstTask}"));
        List<string> differences = [];
        int played = 0;
        foreach ((ulong seed, string trace) in Fixtures.Recorded(ScriptKind.Plain))
        {
            string script = ScriptKind.Plain.Script(seed);
            if (!MountedScriptPlayer.CanSay(script))
                continue;
            string shown = new MountedScriptPlayer(mount, agent, FirstTask + (int)seed, keeper).Run(script);
            if (TraceDiff.First(trace, shown) is { } difference)
                differences.Add($"seed {seed}: {difference}");
            if (++played == Scripts)
                break;
        }

        Assert.Equal(Scripts, played);
        Assert.True(differences.Count == 0, $"{differences.Count} differ\n{string.Join('\n', differences)}");
    }
}
