using Fs.Tmpfs;

namespace Fs.Tests.Tree;

public sealed class KeptAttributesTests
{
    private const int Now = int.MaxValue; // the count wraps around with the next tick
    private const int Later = unchecked(Now + 500);
    private const int MuchLater = unchecked(Now + 1000);

    [Fact]
    public void Who_was_told_has_taken_note_when_he_opens()
    {
        KeptAttributes kept = default;
        kept.Tell(7, Now);

        Assert.True(kept.Any);
        Assert.False(kept.MayReachOthersThan(7, Later));
        Assert.True(kept.MayReachOthersThan(8, Later));
    }

    [Fact]
    public void Two_who_were_told_are_others_to_each()
    {
        KeptAttributes kept = default;
        kept.Tell(7, Now);
        kept.Tell(8, Later);

        Assert.True(kept.MayReachOthersThan(7, Later));
        Assert.True(kept.MayReachOthersThan(8, Later));
    }

    [Fact]
    public void After_a_second_everybody_has_taken_note()
    {
        KeptAttributes kept = default;
        kept.Tell(7, Now);

        Assert.False(kept.MayReachOthersThan(8, MuchLater));
        kept.Tell(8, MuchLater);
        Assert.False(kept.MayReachOthersThan(8, MuchLater));
        Assert.True(kept.Any);
    }

    [Fact]
    public void A_thread_without_a_name_may_be_anyone()
    {
        KeptAttributes kept = default;
        kept.Tell(0, Now);

        Assert.True(kept.MayReachOthersThan(0, Later));
    }

    [Fact]
    public void What_is_forgotten_reaches_nobody()
    {
        KeptAttributes kept = default;
        Assert.False(kept.MayReachOthersThan(7, Now));
        kept.Tell(7, Now);
        kept.Forget();

        Assert.False(kept.Any);
        Assert.False(kept.MayReachOthersThan(8, Later));
    }
}
