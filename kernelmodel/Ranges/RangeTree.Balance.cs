namespace KernelModel.Ranges;

public sealed partial class RangeTree<T>
{
    // The way from the root to the leaf of the change under way; the depth is the number of inner nodes on it.
    private Inner[]? _path;
    private int[]? _slot;
    private int _depth;

    /// <summary>Finds the leaf for a key and records the path to it.</summary>
    private Leaf Descend(ulong key)
    {
        _depth = 0;
        Node node = _root!;
        if (node is Leaf only)
            return only;

        _path ??= new Inner[MaxDepth];
        _slot ??= new int[MaxDepth];
        while (node is Inner inner)
        {
            int slot = Math.Max(UpperBound(inner.Key, inner.Count, key) - 1, 0);
            _path[_depth] = inner;
            _slot[_depth++] = slot;
            node = inner.Child[slot];
        }

        return (Leaf)node;
    }

    /// <summary>Brings what the nodes on the path know of their children up to date, from a level to the root.</summary>
    private void Refresh(int levels = MaxDepth)
    {
        for (int level = Math.Min(levels, _depth) - 1; level >= 0; level--)
        {
            Inner inner = _path![level];
            int slot = _slot![level];
            ulong key = inner.Key[slot];
            inner.Summarise(slot);
            if (!_trackGaps && (slot > 0 || inner.Key[0] == key))
                return;
        }
    }

    private void SplitAndInsert(Leaf leaf, int index, ulong first, ulong last, T value)
    {
        Leaf right = TakeLeaf();
        right.Next = leaf.Next;
        right.Prev = leaf;
        if (leaf.Next is not null)
            leaf.Next.Prev = right;
        leaf.Next = right;

        // Ranges that arrive in order fill their nodes: a run of appends leaves full leaves behind.
        int middle = index == LeafWidth && right.Next is null ? LeafWidth
            : index == 0 && leaf.Prev is null ? 0
            : LeafWidth / 2;
        leaf.MoveTo(right, middle);
        if (index > middle || middle == LeafWidth)
            right.InsertAt(index - middle, first, last, value);
        else
            leaf.InsertAt(index, first, last, value);
        AddSibling(right);
    }

    /// <summary>Hangs a new node right of the one at the end of the path, splitting upwards while there is no room.</summary>
    private void AddSibling(Node right)
    {
        int level = _depth;
        while (--level >= 0)
        {
            Inner parent = _path![level];
            int slot = _slot![level];
            parent.Summarise(slot);
            if (parent.Count < InnerWidth)
            {
                parent.InsertAt(slot + 1, right);
                Refresh(level);
                return;
            }

            Inner upper = TakeInner();
            int middle = slot == InnerWidth - 1 ? InnerWidth - 1 : InnerWidth / 2;
            parent.MoveTo(upper, middle);
            if (slot >= middle)
                upper.InsertAt(slot + 1 - middle, right);
            else
                parent.InsertAt(slot + 1, right);
            right = upper;
        }

        Inner root = TakeInner();
        root.InsertAt(0, _root!);
        root.InsertAt(1, right);
        _root = root;
    }

    /// <summary>
    /// Joins an underfull leaf with a neighbour of the same parent when both fit into one node, and so on upwards.
    /// Two neighbours always hold more than three quarters of a node, which bounds memory without ever borrowing.
    /// </summary>
    private void Shrink(Leaf leaf)
    {
        Node node = leaf;
        for (int level = _depth - 1; level >= 0; level--)
        {
            Inner parent = _path![level];
            int slot = _slot![level];
            if (node.Count == 0)
            {
                Unlink(node);
                parent.RemoveAt(slot);
                Give(node);
            }
            else
            {
                parent.Summarise(slot);
                if (slot > 0 && Fits(parent.Child[slot - 1], node))
                    Join(parent, slot - 1);
                else if (slot + 1 < parent.Count && Fits(node, parent.Child[slot + 1]))
                    Join(parent, slot);
            }

            node = parent;
        }

        while (_root is Inner { Count: 1 } root)
        {
            _root = root.Child[0];
            root.RemoveAt(0);
            Give(root);
        }

        if (_root!.Count == 0)
        {
            Give(_root);
            _root = null;
            _head = null;
        }
    }

    private static bool Fits(Node left, Node right) => left.Count + right.Count <= LeafWidth * 3 / 4;

    private void Join(Inner parent, int slot)
    {
        Node left = parent.Child[slot];
        Node right = parent.Child[slot + 1];
        if (left is Leaf leaf)
            ((Leaf)right).MoveTo(leaf, 0);
        else
            ((Inner)right).MoveTo((Inner)left, 0);
        Unlink(right);
        parent.RemoveAt(slot + 1);
        parent.Summarise(slot);
        Give(right);
    }

    private void Unlink(Node node)
    {
        if (node is not Leaf leaf)
            return;

        if (leaf.Prev is not null)
            leaf.Prev.Next = leaf.Next;
        else
            _head = leaf.Next;
        if (leaf.Next is not null)
            leaf.Next.Prev = leaf.Prev;
    }
}
