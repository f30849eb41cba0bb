namespace KernelModel.Ranges;

public sealed partial class IntervalTree<T>
{
    /// <summary>Brings heights and highest keys up to date from a node to the root, and turns what leans.</summary>
    private void RebalanceFrom(int node)
    {
        for (int at = node; at != None; at = _nodes[at].Parent)
        {
            Summarise(at);
            int lean = HeightOf(_nodes[at].Left) - HeightOf(_nodes[at].Right);
            if (lean > 1)
            {
                int left = _nodes[at].Left;
                if (HeightOf(_nodes[left].Left) < HeightOf(_nodes[left].Right))
                    TurnLeft(left);
                at = TurnRight(at);
            }
            else if (lean < -1)
            {
                int right = _nodes[at].Right;
                if (HeightOf(_nodes[right].Right) < HeightOf(_nodes[right].Left))
                    TurnRight(right);
                at = TurnLeft(at);
            }
        }
    }

    /// <summary>The right child takes the place of a node.</summary>
    /// <returns>That child.</returns>
    private int TurnLeft(int node)
    {
        int up = _nodes[node].Right;
        int inner = _nodes[up].Left;
        Replace(node, up);
        _nodes[up].Left = node;
        _nodes[node].Parent = up;
        _nodes[node].Right = inner;
        if (inner != None)
            _nodes[inner].Parent = node;
        Summarise(node);
        Summarise(up);
        return up;
    }

    private int TurnRight(int node)
    {
        int up = _nodes[node].Left;
        int inner = _nodes[up].Right;
        Replace(node, up);
        _nodes[up].Right = node;
        _nodes[node].Parent = up;
        _nodes[node].Left = inner;
        if (inner != None)
            _nodes[inner].Parent = node;
        Summarise(node);
        Summarise(up);
        return up;
    }

    private int HeightOf(int node) => node == None ? 0 : _nodes[node].Height;

    private void Summarise(int index)
    {
        ref Node node = ref _nodes[index];
        node.Height = Math.Max(HeightOf(node.Left), HeightOf(node.Right)) + 1;
        node.Highest = node.Last;
        if (node.Left != None)
            node.Highest = Math.Max(node.Highest, _nodes[node.Left].Highest);
        if (node.Right != None)
            node.Highest = Math.Max(node.Highest, _nodes[node.Right].Highest);
    }
}
