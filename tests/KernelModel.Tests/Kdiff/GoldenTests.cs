using KernelModel.Replay;

namespace KernelModel.Tests.Kdiff;

/// <summary>The model prints, line for line, what Linux 6.18 printed.</summary>
public sealed class GoldenTests
{
    [Theory]
    [InlineData("advice")]
    [InlineData("anonvma")]
    [InlineData("dontunmap")]
    [InlineData("file")]
    [InlineData("flags")]
    [InlineData("fork")]
    [InlineData("gap")]
    [InlineData("hole")]
    [InlineData("merge1")]
    [InlineData("mlock")]
    [InlineData("mlock2")]
    [InlineData("remap")]
    [InlineData("swap")]
    [InlineData("swap2")]
    [InlineData("swap3")]
    [InlineData("uffd")]
    [InlineData("willneed")]
    public void A_directed_script_agrees(string name)
        => Assert.Null(TraceDiff.First(Fixtures.Golden(name), new ScriptPlayer(24, 0).Run(Fixtures.Script(name))));

    [Theory]
    [InlineData("dontunmap")]
    [InlineData("swap")]
    [InlineData("swap2")]
    [InlineData("swap3")]
    [InlineData("willneed")]
    public void A_directed_script_agrees_with_swap(string name)
    {
        ScriptPlayer player = new(24, ScriptPlayer.DefaultSwapPages);
        Assert.Null(TraceDiff.First(Fixtures.Golden(name + "-zram"), player.Run(Fixtures.Script(name))));
    }

    [Fact]
    public void R80_huge_pages_agree()
        => Assert.Null(TraceDiff.First(Fixtures.Golden("huge"), ScriptKind.Huge.Player().Run(Fixtures.Script("huge"))));

    [Theory]
    [InlineData(ScriptKind.Plain, 1000)]
    [InlineData(ScriptKind.Swap, 500)]
    [InlineData(ScriptKind.Huge, 300)]
    public void Random_scripts_agree_with_what_was_recorded(ScriptKind kind, int count)
    {
        IReadOnlyList<KeyValuePair<ulong, string>> recorded = Fixtures.Recorded(kind);
        Assert.Equal(count, recorded.Count);
        Parallel.ForEach(recorded, trace =>
        {
            string? difference = Fixtures.Difference(trace.Key, trace.Value, kind);
            Assert.True(difference is null, $"seed {trace.Key}: {difference}");
        });
    }
}
