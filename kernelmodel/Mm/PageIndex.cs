using System.Runtime.CompilerServices;

namespace KernelModel.Mm;

/// <summary>
/// Page numbers of a file to numbers that are not 0, in nodes of 64 neighbours: some five bytes a page where pages lie
/// together (linux: the xarray of an address_space). Guarded by the model's lock.
/// </summary>
internal sealed class PageIndex
{
    private const int Bits = 6;

    private readonly Dictionary<ulong, Node> _nodes = [];

    /// <summary>Entries.</summary>
    public int Count { get; private set; }

    /// <summary>The number of a page, 0 for none; setting it to 0 removes it.</summary>
    public int this[ulong index]
    {
        get => _nodes.TryGetValue(index >> Bits, out Node? node) ? node.Slots[(int)index & (Node.Fan - 1)] : 0;
        set
        {
            ulong key = index >> Bits;
            if (!_nodes.TryGetValue(key, out Node? node))
            {
                if (value == 0)
                    return;
                _nodes.Add(key, node = new Node());
            }

            ref int slot = ref node.Slots[(int)index & (Node.Fan - 1)];
            int delta = (value != 0 ? 1 : 0) - (slot != 0 ? 1 : 0);
            slot = value;
            Count += delta;
            node.Used += delta;
            if (node.Used == 0)
                _nodes.Remove(key);
        }
    }

    /// <summary>The entries of first..last, ascending. Entries may be changed and removed meanwhile.</summary>
    public IEnumerable<(ulong Index, int Entry)> In(ulong first, ulong last)
    {
        foreach (ulong key in KeysIn(first >> Bits, last >> Bits))
        {
            for (int i = 0; i < Node.Fan && _nodes.TryGetValue(key, out Node? node); i++)
            {
                ulong index = (key << Bits) + (ulong)i;
                if (node.Slots[i] != 0 && index >= first && index <= last)
                    yield return (index, node.Slots[i]);
            }
        }
    }

    private List<ulong> KeysIn(ulong first, ulong last)
    {
        List<ulong> keys = [];
        if (last - first < (ulong)_nodes.Count)
        {
            for (ulong key = first; key <= last; key++)
            {
                if (_nodes.ContainsKey(key))
                    keys.Add(key);
            }

            return keys;
        }

        foreach (ulong key in _nodes.Keys)
        {
            if (key >= first && key <= last)
                keys.Add(key);
        }

        keys.Sort();
        return keys;
    }

    [InlineArray(Node.Fan)]
    private struct Slots
    {
        private int _first;
    }

    private sealed class Node
    {
        public const int Fan = 1 << Bits;

        public Slots Slots;
        public int Used;
    }
}
