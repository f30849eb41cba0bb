using System.Diagnostics;

namespace KernelModel.Ranges;

/// <summary>
/// Closed intervals <c>[first, last]</c> that may overlap, each with a value: an AVL tree by first key in which every node
/// knows the highest last key below it (linux: interval_tree_generic.h). Add, remove and resize are O(log n), the
/// intervals that touch a range are found in O(log n) each. Nodes lie in one array and are named by their place in it,
/// which an interval keeps for life; nothing is allocated while a free one is left.
/// Not thread safe: the owner's lock guards every member.
/// </summary>
/// <typeparam name="T">What an interval carries.</typeparam>
public sealed partial class IntervalTree<T>
{
    private const int None = -1;

    private Node[] _nodes = [];
    private int _root = None;
    private int _free = None;
    private int _used;

    /// <summary>The number of intervals.</summary>
    public int Count { get; private set; }

    /// <summary>Adds an interval.</summary>
    /// <param name="first">The first key.</param>
    /// <param name="last">The last key, inclusive; not below the first.</param>
    /// <param name="value">What it carries.</param>
    /// <returns>Its name in <see cref="Remove"/> and <see cref="Resize"/>.</returns>
    public int Add(ulong first, ulong last, T value)
    {
        int node = _free;
        if (node != None)
        {
            _free = _nodes[node].Parent;
        }
        else
        {
            if (_used == _nodes.Length)
                Array.Resize(ref _nodes, Math.Max(1, _used * 2));
            node = _used++;
        }

        _nodes[node].Value = value;
        Link(node, first, last);
        Count++;
        return node;
    }

    /// <summary>Takes an interval away; its name may be given to another.</summary>
    public void Remove(int interval)
    {
        Unlink(interval);
        _nodes[interval] = new Node { Parent = _free };
        _free = interval;
        Count--;
    }

    /// <summary>Gives an interval other ends.</summary>
    public void Resize(int interval, ulong first, ulong last)
    {
        ref Node node = ref _nodes[interval];
        if (node.First == first && node.Last == last)
            return;
        if (node.First == first)
        {
            node.Last = last;
            for (int at = interval; at != None; at = _nodes[at].Parent)
                Summarise(at);
            return;
        }

        Unlink(interval);
        Link(interval, first, last);
    }

    /// <summary>The intervals that share a key with first..last, by ascending first key.</summary>
    /// <param name="first">The first key.</param>
    /// <param name="last">The last key, inclusive.</param>
    /// <returns>A sequence for <c>foreach</c>; it allocates nothing and must not outlive a change of the tree.</returns>
    public Sequence Touching(ulong first, ulong last) => new(this, first, last);

    private void Link(int interval, ulong first, ulong last)
    {
        Debug.Assert(first <= last, "An interval holds a key.");
        int parent = None;
        bool left = false;
        for (int at = _root; at != None; at = left ? _nodes[at].Left : _nodes[at].Right)
        {
            parent = at;
            left = first < _nodes[at].First;
        }

        ref Node node = ref _nodes[interval];
        (node.First, node.Last, node.Highest) = (first, last, last);
        (node.Left, node.Right, node.Parent, node.Height) = (None, None, parent, 1);
        if (parent == None)
            _root = interval;
        else if (left)
            _nodes[parent].Left = interval;
        else
            _nodes[parent].Right = interval;
        RebalanceFrom(parent);
    }

    private void Unlink(int interval)
    {
        Node node = _nodes[interval];
        if (node.Left == None || node.Right == None)
        {
            Replace(interval, node.Left != None ? node.Left : node.Right);
            RebalanceFrom(node.Parent);
            return;
        }

        // The next higher one takes its place.
        int heir = node.Right;
        while (_nodes[heir].Left != None)
            heir = _nodes[heir].Left;
        int changed = _nodes[heir].Parent;
        if (changed == interval)
        {
            changed = heir;
        }
        else
        {
            Replace(heir, _nodes[heir].Right);
            _nodes[heir].Right = node.Right;
            _nodes[node.Right].Parent = heir;
        }

        Replace(interval, heir);
        _nodes[heir].Left = node.Left;
        _nodes[node.Left].Parent = heir;
        RebalanceFrom(changed);
    }

    // What hung on one node's parent is another node now, or none.
    private void Replace(int node, int by)
    {
        int parent = _nodes[node].Parent;
        if (parent == None)
            _root = by;
        else if (_nodes[parent].Left == node)
            _nodes[parent].Left = by;
        else
            _nodes[parent].Right = by;
        if (by != None)
            _nodes[by].Parent = parent;
    }

    private struct Node
    {
        public ulong First;
        public ulong Last;

        /// <summary>The highest last key here and below.</summary>
        public ulong Highest;
        public int Left;
        public int Right;

        /// <summary>The node above, or the next free one.</summary>
        public int Parent;
        public int Height;
        public T Value;
    }
}
