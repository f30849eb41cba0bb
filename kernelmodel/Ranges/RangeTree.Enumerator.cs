namespace KernelModel.Ranges;

public sealed partial class RangeTree<T>
{
    /// <summary>The ranges in ascending order, from the lowest.</summary>
    public Enumerator GetEnumerator() => new(this, _head, 0);

    /// <summary>The ranges in ascending order, from the lowest that ends at or after a key.</summary>
    /// <param name="key">The key.</param>
    /// <returns>A sequence for <c>foreach</c>; it allocates nothing and must not outlive a change of the tree.</returns>
    public Sequence From(ulong key) => new(this, key);

    /// <summary>One range and what it carries.</summary>
    /// <param name="First">The first key.</param>
    /// <param name="Last">The last key, inclusive.</param>
    /// <param name="Value">What it carries.</param>
    public readonly record struct Entry(ulong First, ulong Last, T Value);

    /// <summary>A part of the tree that <c>foreach</c> can walk.</summary>
    public readonly struct Sequence
    {
        private readonly RangeTree<T> _tree;
        private readonly ulong _key;

        internal Sequence(RangeTree<T> tree, ulong key)
        {
            _tree = tree;
            _key = key;
        }

        /// <summary>Starts at the lowest range of the part.</summary>
        public Enumerator GetEnumerator()
        {
            _tree.Seek(_key, out Leaf? leaf, out int index);
            return new Enumerator(_tree, leaf, index);
        }
    }

    /// <summary>Walks ranges in ascending order.</summary>
    public struct Enumerator
    {
        private readonly RangeTree<T> _tree;
        private readonly int _version;
        private Leaf? _leaf;
        private int _next;

        internal Enumerator(RangeTree<T> tree, object? leaf, int index)
        {
            _tree = tree;
            _version = tree._version;
            _leaf = (Leaf?)leaf;
            _next = index;
            Current = default;
        }

        /// <summary>The range the walk is at.</summary>
        public Entry Current { get; private set; }

        /// <summary>Goes on to the next range.</summary>
        /// <returns>Whether there was one.</returns>
        /// <exception cref="InvalidOperationException">The tree changed under the walk: a bug of the caller.</exception>
        public bool MoveNext()
        {
            if (_version != _tree._version)
                throw new InvalidOperationException("The tree changed while it was walked.");

            while (_leaf is not null && _next >= _leaf.Count)
            {
                _leaf = _leaf.Next;
                _next = 0;
            }

            if (_leaf is null)
                return false;

            _leaf.Read(_next++, out ulong first, out ulong last, out T value);
            Current = new Entry(first, last, value);
            return true;
        }
    }
}
