using KernelModel.Ranges;

namespace KernelModel.Tests.Ranges;

public sealed class RangeTreeTests
{
    [Theory]
    [InlineData(1, 300, 400)]
    [InlineData(2, 3000, 4000)]
    [InlineData(3, 60000, 20000)]
    [InlineData(4, 100_000_000, 20000)]
    public void Agrees_with_a_sorted_list_over_random_operations(int seed, int space, int operations)
    {
        Random random = new(seed);
        RangeTree<int> tree = new(trackGaps: true);
        SortedList<ulong, (ulong Last, int Value)> oracle = [];
        for (int i = 0; i < operations; i++)
        {
            // Grow first, shrink later, so that splits and joins both happen many times.
            bool grow = random.Next(100) < (i < operations / 2 ? 70 : 35);
            ulong first = (ulong)random.Next(1, space);
            ulong last = first + (ulong)random.Next(0, 6);
            int at = Floor(oracle, last);
            bool overlap = at >= 0 && oracle.Values[at].Last >= first;
            if (grow && !overlap)
            {
                tree.Insert(first, last, i);
                oracle.Add(first, (last, i));
            }
            else if (!grow && oracle.Count > 0)
            {
                ulong victim = oracle.Keys[random.Next(oracle.Count)];
                Assert.True(tree.Remove(victim));
                oracle.Remove(victim);
                Assert.False(tree.Remove(victim));
            }
            else if (overlap)
            {
                Assert.Throws<ArgumentException>(() => tree.Insert(first, last, i));
                ResizeOne(tree, oracle, at, random);
            }

            CheckFinds(tree, oracle, (ulong)random.Next(0, space + 10));
            if (i % 64 == 0)
                CheckGaps(tree, oracle, random, space);
            if (i % 1000 == 0 || i == operations - 1)
                CheckOrder(tree, oracle, random, space);
        }

        foreach (ulong first in oracle.Keys.ToArray())
            Assert.True(tree.Remove(first));
        Assert.Equal(0, tree.Count);
        Assert.False(tree.FirstAtOrAfter(0, out _, out _, out _));
    }

    [Fact]
    public void The_whole_key_space_can_be_one_range()
    {
        RangeTree<string> tree = new(trackGaps: true);
        Assert.True(tree.FindGap(ulong.MaxValue, 0, ulong.MaxValue, false, out ulong start));
        Assert.Equal(0UL, start);
        tree.Insert(0, ulong.MaxValue, "all");
        Assert.True(tree.TryFind(ulong.MaxValue, out ulong first, out ulong last, out string value));
        Assert.Equal((0UL, ulong.MaxValue, "all"), (first, last, value));
        Assert.False(tree.FindGap(1, 0, ulong.MaxValue, true, out _));
        Assert.False(tree.LastBefore(0, out _, out _, out _));
    }

    [Fact]
    public void A_walk_over_a_tree_that_changed_is_reported()
    {
        RangeTree<int> tree = new();
        tree.Insert(1, 2, 0);
        Assert.Throws<InvalidOperationException>(() =>
        {
            foreach (RangeTree<int>.Entry entry in tree)
                tree.Insert(entry.Last + 10, entry.Last + 11, 0);
        });
    }

    [Fact]
    public void Finds_and_a_steady_mix_of_inserts_and_removes_allocate_nothing()
    {
        RangeTree<object?> tree = new(trackGaps: true);
        for (ulong n = 0; n < 10_000; n++)
            tree.Insert(n * 10, (n * 10) + 4, null);
        for (int i = 0; i < 4; i++)
            Churn(tree);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int walked = Churn(tree);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(9950, walked);
    }

    private static int Churn(RangeTree<object?> tree)
    {
        for (ulong n = 100; n < 2000; n++)
        {
            tree.Remove(n * 10);
            tree.TryFind(n * 10, out _, out _, out _);
            tree.Insert(n * 10, (n * 10) + 4, null);
        }

        int count = 0;
        foreach (RangeTree<object?>.Entry _ in tree.From(500))
            count++;
        return count;
    }

    private static void ResizeOne(RangeTree<int> tree, SortedList<ulong, (ulong Last, int Value)> oracle, int at, Random random)
    {
        ulong first = oracle.Keys[at];
        (ulong last, int value) = oracle.Values[at];
        ulong low = at > 0 ? oracle.Values[at - 1].Last + 1 : 0;
        ulong high = at + 1 < oracle.Count ? oracle.Keys[at + 1] - 1 : last + 5;
        ulong newFirst = low + (ulong)random.NextInt64((long)(last - low + 1));
        ulong newLast = newFirst + (ulong)random.NextInt64((long)(Math.Min(high, newFirst + 8) - newFirst + 1));
        tree.Resize(first, newFirst, newLast);
        oracle.Remove(first);
        oracle.Add(newFirst, (newLast, value));
    }

    private static void CheckFinds(RangeTree<int> tree, SortedList<ulong, (ulong Last, int Value)> oracle, ulong key)
    {
        int floor = Floor(oracle, key);
        bool inside = floor >= 0 && oracle.Values[floor].Last >= key;
        CheckOne(oracle, inside ? floor : -1, tree.TryFind(key, out ulong first, out ulong last, out int value), first, last, value);
        int after = inside ? floor : floor + 1;
        CheckOne(
            oracle, after < oracle.Count ? after : -1, tree.FirstAtOrAfter(key, out first, out last, out value), first, last, value);
        int before = key == 0 ? -1 : Floor(oracle, key - 1);
        CheckOne(oracle, before, tree.LastBefore(key, out first, out last, out value), first, last, value);
    }

    private static void CheckOne(
        SortedList<ulong, (ulong Last, int Value)> oracle, int index, bool found, ulong first, ulong last, int value)
    {
        Assert.Equal(index >= 0, found);
        if (index >= 0)
            Assert.Equal((oracle.Keys[index], oracle.Values[index].Last, oracle.Values[index].Value), (first, last, value));
    }

    private static void CheckOrder(RangeTree<int> tree, SortedList<ulong, (ulong Last, int Value)> oracle, Random random, int space)
    {
        Assert.Equal(oracle.Count, tree.Count);
        int index = 0;
        foreach (RangeTree<int>.Entry entry in tree)
        {
            Assert.Equal((oracle.Keys[index], oracle.Values[index].Last, oracle.Values[index].Value), (entry.First, entry.Last, entry.Value));
            index++;
        }

        Assert.Equal(oracle.Count, index);
        ulong from = (ulong)random.Next(0, space);
        Assert.Equal(oracle.Count(pair => pair.Value.Last >= from), CountFrom(tree, from));
    }

    private static int CountFrom(RangeTree<int> tree, ulong key)
    {
        int count = 0;
        foreach (RangeTree<int>.Entry _ in tree.From(key))
            count++;
        return count;
    }

    private static void CheckGaps(RangeTree<int> tree, SortedList<ulong, (ulong Last, int Value)> oracle, Random random, int space)
    {
        ulong size = (ulong)random.Next(1, Math.Max(20, space / Math.Max(1, oracle.Count)));
        ulong low = (ulong)random.Next(0, space);
        ulong high = low + (ulong)random.Next(0, space);
        ulong? lowest = null;
        ulong? highest = null;
        ulong from = low;
        foreach ((ulong first, (ulong last, _)) in oracle)
        {
            if (last < low)
                continue;
            if (first > from)
                Offer(from, Math.Min(first - 1, high));
            from = Math.Max(from, last + 1);
        }

        Offer(from, high);
        Assert.Equal(lowest is not null, tree.FindGap(size, low, high, false, out ulong start));
        if (lowest is not null)
            Assert.Equal(lowest, start);
        Assert.Equal(highest is not null, tree.FindGap(size, low, high, true, out start));
        if (highest is not null)
            Assert.Equal(highest, start);

        void Offer(ulong a, ulong b)
        {
            if (b < a || b - a + 1 < size)
                return;
            lowest ??= a;
            highest = b - size + 1;
        }
    }

    /// <summary>The index of the last entry that starts at or below a key, or -1.</summary>
    private static int Floor(SortedList<ulong, (ulong Last, int Value)> list, ulong key)
    {
        int low = 0;
        int high = list.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (list.Keys[middle] <= key)
                low = middle + 1;
            else
                high = middle;
        }

        return low - 1;
    }
}
