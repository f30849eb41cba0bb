using KernelModel.Ranges;

namespace KernelModel.Tests.Ranges;

public sealed class PageRunsTests
{
    private const ulong Top = ulong.MaxValue;

    // The second window of pages ends at the last page there is.
    [Theory]
    [InlineData(1, 0ul)]
    [InlineData(2, 0ul)]
    [InlineData(3, Top - 39)]
    [InlineData(4, Top - 39)]
    [InlineData(5, 1ul << 40)]
    public void Agrees_with_a_set_of_pages_over_random_operations(int seed, ulong origin)
    {
        Random random = new(seed);
        PageRuns runs = new();
        HashSet<ulong> oracle = [];
        for (int i = 0; i < 4000; i++)
        {
            ulong first = origin + (ulong)random.Next(40);
            ulong last = first + Math.Min(origin + 39 - first, (ulong)random.Next(random.Next(2) == 0 ? 3 : 20));
            ulong[] pages = [.. Pages(first, last)];
            switch (random.Next(200))
            {
                case 0:
                    runs.Clear();
                    oracle.Clear();
                    break;
                case < 100:
                    Assert.Equal(pages.Count(oracle.Add), runs.Add(first, last));
                    break;
                default:
                    Assert.Equal(pages.Count(oracle.Remove), runs.Remove(first, last));
                    break;
            }

            CheckAgainst(oracle, runs, origin, seed);
        }
    }

    [Fact]
    public void An_empty_set_has_nothing()
    {
        PageRuns runs = new();
        Assert.True(runs.IsEmpty);
        Assert.Equal(0, runs.Count);
        Assert.False(runs.Overlaps(0, Top));
        Assert.False(runs.FirstAtOrAfter(0, out _, out _));
        Assert.Equal(0, runs.CountIn(0, Top));
        Assert.Equal(0, runs.Remove(0, Top));
    }

    [Fact]
    public void Runs_that_touch_become_one()
    {
        PageRuns runs = new();
        Assert.Equal(3, runs.Add(10, 12));
        Assert.Equal(2, runs.Add(20, 21));
        Assert.Equal(7, runs.Add(13, 19));
        Assert.Equal([(10ul, 21ul)], List(runs));
    }

    [Fact]
    public void A_set_that_was_many_runs_and_became_empty_starts_again()
    {
        PageRuns runs = new();
        runs.Add(1, 1);
        runs.Add(5, 5);
        runs.Add(9, 9);
        Assert.Equal(3, runs.Remove(0, Top));
        Assert.True(runs.IsEmpty);
        Assert.Equal(1, runs.Add(0, 0));
        Assert.Equal(1, runs.Add(Top, Top));
        Assert.Equal([(0ul, 0ul), (Top, Top)], List(runs));
        Assert.Equal(2, runs.CountIn(0, Top));
    }

    [Fact]
    public void One_run_and_changes_at_its_ends_allocate_nothing()
    {
        PageRuns runs = new();
        runs.Add(0, 9);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (ulong i = 0; i < 100; i++)
        {
            runs.Add(10, 20 + i);
            runs.Remove(0, 4);
            runs.Remove(15, Top);
            runs.Add(0, 4);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(15, runs.Count);
    }

    private static void CheckAgainst(HashSet<ulong> oracle, PageRuns runs, ulong origin, int seed)
    {
        List<(ulong First, ulong Last)> list = List(runs);
        Assert.True(
            oracle.Order().SequenceEqual(list.SelectMany(run => Pages(run.First, run.Last))), $"seed {seed}: other pages than the set");
        for (int i = 1; i < list.Count; i++)
            Assert.True(list[i - 1].Last + 1 < list[i].First, $"seed {seed}: neighbours that did not merge");

        Assert.Equal(oracle.Count, runs.Count);
        Assert.Equal(oracle.Count == 0, runs.IsEmpty);
        ulong middle = origin + 17;
        Assert.Equal(oracle.Count(page => page <= middle), runs.CountIn(0, middle));
        Assert.Equal(oracle.Count(page => page >= middle), runs.CountIn(middle, Top));
        Assert.Equal(oracle.Contains(middle), runs.Overlaps(middle, middle));
        Assert.Equal(oracle.Any(page => page <= middle), runs.Overlaps(0, middle));
    }

    private static List<(ulong First, ulong Last)> List(PageRuns runs)
    {
        List<(ulong, ulong)> list = [];
        ulong page = 0;
        while (runs.FirstAtOrAfter(page, out ulong first, out ulong last))
        {
            list.Add((first, last));
            if (last == Top)
                break;
            page = last + 1;
        }

        return list;
    }

    private static IEnumerable<ulong> Pages(ulong first, ulong last)
    {
        for (ulong page = first; ; page++)
        {
            yield return page;
            if (page == last)
                yield break;
        }
    }
}
