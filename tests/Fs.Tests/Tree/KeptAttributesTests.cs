using Fs.Tmpfs;

namespace Fs.Tests.Tree;

public sealed class KeptAttributesTests
{
    private const int Now = int.MaxValue; // the count wraps around with the next tick
    private const int Later = unchecked(Now + 500);
    private const int MuchLater = unchecked(Now + 1000);

    private KeptAttributes _kept;

    [Fact]
    public void Who_was_told_has_taken_note_when_he_opens()
    {
        Assert.True(_kept.Tell(7, Now, null));

        Assert.False(_kept.Open(7, Later));
        Assert.True(_kept.Open(8, Later));
    }

    [Fact]
    public void Two_who_were_told_are_others_to_each()
    {
        _kept.Tell(7, Now, null);
        _kept.Tell(8, Later, null);

        KeptAttributes copy = _kept;
        Assert.True(copy.Open(7, Later));
        Assert.True(_kept.Open(8, Later));
    }

    [Fact]
    public void After_a_second_everybody_has_taken_note()
    {
        _kept.Tell(7, Now, null);
        KeptAttributes again = _kept;
        again.Tell(8, MuchLater, null);
        Assert.False(again.Open(8, MuchLater));

        Assert.False(_kept.Open(8, MuchLater));
        Assert.True(_kept.Forget()); // the kernel has them all the same
    }

    [Fact]
    public void A_thread_without_a_name_may_be_anyone()
    {
        _kept.Tell(0, Now, null);

        Assert.True(_kept.Open(0, Later));
    }

    [Fact]
    public void What_is_forgotten_reaches_nobody()
    {
        Assert.False(_kept.Open(7, Now));
        _kept.Close();
        _kept.Tell(7, Now, null);
        Assert.True(_kept.Forget());

        Assert.False(_kept.Forget());
        Assert.False(_kept.Open(8, Later));
    }

    [Fact]
    public void Nothing_is_kept_while_the_file_can_be_mapped()
    {
        _kept.Open(7, Now);
        _kept.Open(8, Now);
        Assert.True(_kept.CanBeMapped);
        _kept.Close();
        Assert.False(_kept.Tell(7, Later, null));
        _kept.Close();

        Assert.False(_kept.CanBeMapped);
        Assert.True(_kept.Tell(7, Later, null)); // no store, no mapping
    }
}
