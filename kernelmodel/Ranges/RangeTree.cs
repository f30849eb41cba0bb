using System.Diagnostics;

namespace KernelModel.Ranges;

/// <summary>
/// An ordered map of disjoint closed ranges <c>[first, last]</c> to values: a B+tree with wide nodes, so that a million
/// ranges are three levels deep and an update touches a handful of cache lines. Find, insert, remove and resize are
/// O(log n) and allocate nothing while a node can be taken from the tree's own pool.
/// Not thread safe: the owner's lock guards every member; finds change nothing, so readers may share that lock.
/// </summary>
/// <typeparam name="T">What a range carries.</typeparam>
public sealed partial class RangeTree<T>
{
    private readonly bool _trackGaps;
    private Node? _root;
    private Leaf? _head;
    private int _version;

    /// <summary>Makes an empty tree.</summary>
    /// <param name="trackGaps">
    /// Whether the tree keeps the largest free gap under every node, which <see cref="FindGap"/> needs and every change
    /// pays for.
    /// </param>
    public RangeTree(bool trackGaps = false) => _trackGaps = trackGaps;

    /// <summary>The number of ranges.</summary>
    public int Count { get; private set; }

    /// <summary>Finds the lowest range that ends at or after a key, the one that contains it included.</summary>
    /// <param name="key">The key.</param>
    /// <param name="first">The first key of the range.</param>
    /// <param name="last">The last key of the range, inclusive.</param>
    /// <param name="value">What it carries.</param>
    /// <returns>Whether there is one.</returns>
    public bool FirstAtOrAfter(ulong key, out ulong first, out ulong last, out T value)
    {
        if (Seek(key, out Leaf? leaf, out int index))
        {
            leaf!.Read(index, out first, out last, out value);
            return true;
        }

        return None(out first, out last, out value);
    }

    /// <summary>Finds the highest range that starts before a key, the one that contains it included.</summary>
    /// <param name="key">The key; a range that starts exactly here does not count.</param>
    /// <param name="first">The first key of the range.</param>
    /// <param name="last">The last key of the range, inclusive.</param>
    /// <param name="value">What it carries.</param>
    /// <returns>Whether there is one.</returns>
    public bool LastBefore(ulong key, out ulong first, out ulong last, out T value)
    {
        if (key != 0 && Count != 0)
        {
            Leaf leaf = FindLeaf(key - 1);
            int index = UpperBound(leaf.First, leaf.Count, key - 1) - 1;
            if (index >= 0)
            {
                leaf.Read(index, out first, out last, out value);
                return true;
            }
        }

        return None(out first, out last, out value);
    }

    /// <summary>Finds the range that contains a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="first">The first key of the range.</param>
    /// <param name="last">The last key of the range, inclusive.</param>
    /// <param name="value">What it carries.</param>
    /// <returns>Whether there is one.</returns>
    public bool TryFind(ulong key, out ulong first, out ulong last, out T value)
    {
        if (Count != 0)
        {
            Leaf leaf = FindLeaf(key);
            int index = UpperBound(leaf.First, leaf.Count, key) - 1;
            if (index >= 0 && leaf.Last[index] >= key)
            {
                leaf.Read(index, out first, out last, out value);
                return true;
            }
        }

        return None(out first, out last, out value);
    }

    /// <summary>Adds a range that overlaps no other.</summary>
    /// <param name="first">The first key.</param>
    /// <param name="last">The last key, inclusive.</param>
    /// <param name="value">What it carries.</param>
    /// <exception cref="ArgumentException">The range is empty or overlaps another: a bug of the caller.</exception>
    public void Insert(ulong first, ulong last, T value)
    {
        if (last < first)
            throw new ArgumentException("The range ends before it starts.", nameof(last));

        _version++;
        if (_root is null)
        {
            Leaf only = TakeLeaf();
            only.InsertAt(0, first, last, value);
            _root = _head = only;
            Count = 1;
            return;
        }

        Leaf leaf = Descend(first);
        int index = UpperBound(leaf.First, leaf.Count, first);
        bool overlaps = (index > 0 && leaf.Last[index - 1] >= first)
            || (index < leaf.Count ? leaf.First[index] <= last : leaf.Next is { } next && next.First[0] <= last);
        if (overlaps)
            throw new ArgumentException("The range overlaps another.", nameof(first));

        Count++;
        if (leaf.Count < LeafWidth)
        {
            leaf.InsertAt(index, first, last, value);
            Refresh();
            return;
        }

        SplitAndInsert(leaf, index, first, last, value);
    }

    /// <summary>Takes the range that starts at a key away.</summary>
    /// <param name="first">The first key of the range.</param>
    /// <returns>Whether a range started there.</returns>
    public bool Remove(ulong first)
    {
        if (!Locate(first, out Leaf? leaf, out int index))
            return false;

        _version++;
        Count--;
        leaf!.RemoveAt(index);
        if (leaf.Count < LeafWidth / 2)
            Shrink(leaf);
        else
            Refresh();
        return true;
    }

    /// <summary>Moves the ends of a range in place; it has to stay between its neighbours.</summary>
    /// <param name="first">The first key of the range as it is.</param>
    /// <param name="newFirst">The first key it gets.</param>
    /// <param name="newLast">The last key it gets, inclusive.</param>
    /// <exception cref="ArgumentException">No range starts there, or it would run into a neighbour: a bug of the caller.</exception>
    public void Resize(ulong first, ulong newFirst, ulong newLast)
    {
        if (!Locate(first, out Leaf? leaf, out int index))
            throw new ArgumentException("No range starts here.", nameof(first));
        if (newLast < newFirst)
            throw new ArgumentException("The range ends before it starts.", nameof(newLast));

        ulong? before = index > 0 ? leaf!.Last[index - 1] : leaf!.Prev is { } prev ? prev.Last[prev.Count - 1] : null;
        ulong? after = index + 1 < leaf.Count ? leaf.First[index + 1] : leaf.Next is { } next ? next.First[0] : null;
        if (before >= newFirst || after <= newLast)
            throw new ArgumentException("The range would run into its neighbour.", nameof(newFirst));

        leaf.First[index] = newFirst;
        leaf.Last[index] = newLast;
        if (index == 0 || _trackGaps)
            Refresh();
    }

    /// <summary>Replaces what the range that starts at a key carries.</summary>
    /// <param name="first">The first key of the range.</param>
    /// <param name="value">What it carries from now on.</param>
    /// <returns>Whether a range started there.</returns>
    public bool SetValue(ulong first, T value)
    {
        if (!Locate(first, out Leaf? leaf, out int index))
            return false;

        leaf!.Value[index] = value;
        return true;
    }

    /// <summary>Takes every range away.</summary>
    public void Clear()
    {
        _version++;
        _root = null;
        _head = null;
        Count = 0;
        _freeLeaf = null;
        _freeInner = null;
        _freeNodes = 0;
    }

    private static bool None(out ulong first, out ulong last, out T value)
    {
        first = 0;
        last = 0;
        value = default!;
        return false;
    }

    /// <summary>The position of the lowest range that ends at or after a key.</summary>
    private bool Seek(ulong key, out Leaf? leaf, out int index)
    {
        leaf = null;
        index = 0;
        if (Count == 0)
            return false;

        leaf = FindLeaf(key);
        index = UpperBound(leaf.First, leaf.Count, key) - 1;
        if (index >= 0 && leaf.Last[index] >= key)
            return true;
        if (++index < leaf.Count)
            return true;

        leaf = leaf.Next;
        index = 0;
        return leaf is not null;
    }

    /// <summary>Finds the range that starts exactly at a key and records the path to it.</summary>
    private bool Locate(ulong first, out Leaf? leaf, out int index)
    {
        leaf = null;
        index = -1;
        if (Count == 0)
            return false;

        leaf = Descend(first);
        index = UpperBound(leaf.First, leaf.Count, first) - 1;
        return index >= 0 && leaf.First[index] == first;
    }

    private Leaf FindLeaf(ulong key)
    {
        Node node = _root!;
        while (node is Inner inner)
            node = inner.Child[Math.Max(UpperBound(inner.Key, inner.Count, key) - 1, 0)];
        Debug.Assert(node.Count > 0, "No node but a tree's absent root is empty.");
        return (Leaf)node;
    }

    /// <summary>The number of keys at or below a key in the sorted start of an array.</summary>
    private static int UpperBound(ulong[] keys, int count, ulong key)
    {
        int low = 0;
        while (count > 0)
        {
            int half = count >> 1;
            if (keys[low + half] <= key)
            {
                low += half + 1;
                count -= half + 1;
            }
            else
            {
                count = half;
            }
        }

        return low;
    }
}
