namespace KernelModel.Ranges;

public sealed partial class IntervalTree<T>
{
    /// <summary>The lowest interval below a node, itself included, that touches first..last; None if there is none.</summary>
    private int LowestTouching(int node, ulong first, ulong last)
    {
        while (node != None && _nodes[node].Highest >= first)
        {
            // Some interval on the left ends late enough. If the one that does begins too late, so does all on the right.
            int left = _nodes[node].Left;
            if (left != None && _nodes[left].Highest >= first)
            {
                node = left;
                continue;
            }

            if (_nodes[node].First > last)
                return None;
            if (_nodes[node].Last >= first)
                return node;
            node = _nodes[node].Right;
        }

        return None;
    }

    private int NextTouching(int node, ulong first, ulong last)
    {
        int found = LowestTouching(_nodes[node].Right, first, last);
        if (found != None)
            return found;

        // Up to where this was the left side.
        int child = node;
        for (int at = _nodes[node].Parent; at != None; at = _nodes[at].Parent)
        {
            bool fromLeft = _nodes[at].Left == child;
            child = at;
            if (!fromLeft)
                continue;
            if (_nodes[at].First > last)
                return None;
            if (_nodes[at].Last >= first)
                return at;
            found = LowestTouching(_nodes[at].Right, first, last);
            if (found != None)
                return found;
        }

        return None;
    }

    /// <summary>A part of the tree that <c>foreach</c> can walk.</summary>
    public readonly struct Sequence
    {
        private readonly IntervalTree<T> _tree;
        private readonly ulong _first;
        private readonly ulong _last;

        internal Sequence(IntervalTree<T> tree, ulong first, ulong last)
        {
            _tree = tree;
            _first = first;
            _last = last;
        }

        /// <summary>Starts at the lowest interval of the part.</summary>
        public Enumerator GetEnumerator() => new(_tree, _first, _last);
    }

    /// <summary>Walks intervals by ascending first key.</summary>
    public struct Enumerator
    {
        private readonly IntervalTree<T> _tree;
        private readonly ulong _first;
        private readonly ulong _last;
        private int _next;

        internal Enumerator(IntervalTree<T> tree, ulong first, ulong last)
        {
            _tree = tree;
            _first = first;
            _last = last;
            _next = tree.LowestTouching(tree._root, first, last);
            Current = default!;
        }

        /// <summary>What the interval carries that the walk is at.</summary>
        public T Current { get; private set; }

        /// <summary>Goes on to the next interval.</summary>
        /// <returns>Whether there was one.</returns>
        public bool MoveNext()
        {
            if (_next == None)
                return false;
            Current = _tree._nodes[_next].Value;
            _next = _tree.NextTouching(_next, _first, _last);
            return true;
        }
    }
}
