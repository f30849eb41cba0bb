using KernelModel.Ranges;

namespace KernelModel.Tests.Ranges;

public sealed class IntervalTreeTests
{
    [Theory]
    [InlineData(1, 20)]
    [InlineData(2, 200)]
    [InlineData(3, 2000)]
    public void Agrees_with_a_plain_list_after_random_changes(int seed, int keys)
    {
        Random random = new(seed);
        IntervalTree<int> tree = new();
        Dictionary<int, (ulong First, ulong Last, int Value)> oracle = [];
        for (int i = 0; i < 5000; i++)
        {
            ulong first = (ulong)random.Next(keys);
            ulong last = first + (ulong)random.Next(1 + (keys / 10));
            int which = oracle.Count == 0 ? 0 : random.Next(8);
            if (which < 4)
            {
                oracle.Add(tree.Add(first, last, i), (first, last, i));
            }
            else
            {
                (int name, (ulong, ulong, int Value) interval) = oracle.ElementAt(random.Next(oracle.Count));
                if (which < 7)
                {
                    tree.Remove(name);
                    oracle.Remove(name);
                }
                else
                {
                    tree.Resize(name, first, last);
                    oracle[name] = (first, last, interval.Value);
                }
            }

            Assert.Equal(oracle.Count, tree.Count);
            (ulong from, ulong to) = (first, first + (ulong)random.Next(keys / 4));
            Assert.Equal(
                oracle.Values.Where(one => one.First <= to && one.Last >= from).Select(one => one.Value).Order(),
                List(tree, from, to).Order());
        }
    }

    [Fact]
    public void Intervals_come_by_their_first_key()
    {
        IntervalTree<int> tree = new();
        foreach (ulong first in (ReadOnlySpan<ulong>)[5, 1, 9, 3, 7])
            tree.Add(first, 100, (int)first);
        Assert.Equal([1, 3, 5], List(tree, 2, 6));
        Assert.Empty(List(tree, 101, ulong.MaxValue));
    }

    [Fact]
    public void Changes_of_a_tree_that_does_not_grow_and_walks_allocate_nothing()
    {
        IntervalTree<int> tree = new();
        int[] names = [.. Enumerable.Range(0, 1000).Select(i => tree.Add((ulong)i, (ulong)i + 2, i))];
        for (int warm = 0; warm < 2; warm++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            long sum = 0;
            for (int i = 0; i < names.Length; i++)
            {
                tree.Remove(names[i]);
                names[i] = tree.Add((ulong)(i * 7 % 1000), 1000, i);
                tree.Resize(names[i], (ulong)i, (ulong)i + 2);
                foreach (int value in tree.Touching((ulong)i, (ulong)i))
                    sum += value;
            }

            Assert.True(sum > 0);
            if (warm == 1)
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Changes_and_finds_cost_about_the_same_in_a_tree_eight_times_as_large(bool inOrder)
    {
        Growth.IsLinear(20_000, count => () =>
        {
            IntervalTree<int> tree = new();
            int[] names = new int[count];
            for (int i = 0; i < count; i++)
            {
                ulong first = (ulong)(inOrder ? i : (int)((long)i * 7919 % count));
                names[i] = tree.Add(first, first, i);
            }

            foreach (int name in names)
            {
                foreach (int value in tree.Touching((ulong)name, (ulong)name))
                    Assert.InRange(value, 0, count);
                tree.Remove(name);
            }
        });
    }

    private static List<int> List(IntervalTree<int> tree, ulong first, ulong last)
    {
        List<int> found = [];
        foreach (int value in tree.Touching(first, last))
            found.Add(value);
        return found;
    }
}
