using FsCheck;
using FsCheck.Fluent;
using KernelModel.Vrange;

namespace KernelModel.Tests.Vrange;

/// <summary>Any sequence of operations leaves what the rules say page by page (R4, R5, R6, R8, R11, R15, R41).</summary>
public sealed class RandomOperationTests
{
    private const int Pages = 24;

    [Fact]
    public void Any_sequence_of_operations_agrees_with_the_oracle()
        => Prop.ForAll(Sequences, Agrees).Check(Config.QuickThrowOnFailure.WithMaxTest(600).WithEndSize(60));

    [Fact]
    public void Two_files_share_one_lru_without_touching_each_other()
        => Prop.ForAll(Sequences, AgreeSideBySide).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(60));

    // A step is a number; steps can be left out, so a failure shrinks to a short sequence.
    private static Arbitrary<int[]> Sequences
        => Arb.From(Gen.Choose(0, int.MaxValue).ArrayOf(), WithoutOnePart);

    private static IEnumerable<int[]> WithoutOnePart(int[] steps)
    {
        for (int part = steps.Length / 2; part > 0; part /= 2)
        {
            for (int at = 0; at + part <= steps.Length; at += part)
                yield return [.. steps[..at], .. steps[(at + part)..]];
        }
    }

    private static void Agrees(int[] steps)
    {
        RangeOwner file = new(new VrangeLru());
        PageOracle oracle = new(Pages);
        foreach (int step in steps)
        {
            Do(step, file, oracle);
            Assert.Equal(oracle.Order(), file.Order());
            Compare(file, oracle);
            Assert.Equal(oracle.Count, file.Lru.Count);
        }
    }

    private static void AgreeSideBySide(int[] steps)
    {
        VrangeLru lru = new();
        RangeOwner[] files = [new(lru), new(lru)];
        PageOracle[] oracles = [new(Pages), new(Pages)];
        foreach (int step in steps)
        {
            int which = step & 1;
            Do(step >> 1, files[which], oracles[which]);
            Compare(files[0], oracles[0]);
            Compare(files[1], oracles[1]);
            List<(VrangeRef Range, IVrangeOwner Owner)> all = lru.Snapshot();
            Assert.Equal(oracles[0].Count + oracles[1].Count, all.Count);
            Assert.Equal(oracles[0].Count, all.Count(item => item.Owner == files[0]));
            Assert.Equal(all.Count, all.Select(item => item.Range.Slot).Distinct().Count());
        }
    }

    private static void Compare(RangeOwner file, PageOracle oracle)
    {
        Assert.Equal(oracle.Listing(), file.Listing());
        Assert.Equal(oracle.Count, file.Root.Count);
        Assert.Equal(oracle.IsVolatile(7, 11), file.Root.IsVolatile(7, 11));
    }

    private static void Do(int step, RangeOwner file, PageOracle oracle)
    {
        Random random = new(step);
        int first = random.Next(Pages);
        int last = Math.Min(Pages - 1, first + random.Next(random.Next(2) == 0 ? 3 : 12));
        VrangeBehavior behavior = (VrangeBehavior)random.Next(2);
        bool report = random.Next(2) == 0;
        switch (random.Next(20))
        {
            case < 9:
                file.Mark((ulong)first, (ulong)last, behavior);
                oracle.Mark(first, last, behavior);
                break;
            case < 14:
                Assert.Equal(oracle.Unmark(first, last, report), file.Root.Unmark((ulong)first, (ulong)last, report));
                break;
            case < 18:
                PurgeOne(random, file, oracle);
                break;
            case 18:
                file.Root.Retire();
                oracle.Retire();
                break;
            default:
                file.Root.ForgetTombstones();
                oracle.ForgetTombstones();
                break;
        }
    }

    private static void PurgeOne(Random random, RangeOwner file, PageOracle oracle)
    {
        List<VrangeRef> own = [.. file.Lru.Snapshot().Where(item => item.Owner == file).Select(item => item.Range)];
        if (own.Count == 0)
            return;
        int place = random.Next(own.Count);
        file.Purge(own[place], new ScanControl { ToReclaim = long.MaxValue });
        oracle.Purge(place);
    }
}
