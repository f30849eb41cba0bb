using System.Runtime.CompilerServices;

namespace KernelModel.Ranges;

public sealed partial class RangeTree<T>
{
    private const int LeafWidth = 64;
    private const int InnerWidth = 64;

    // A tree of 2^31 ranges in half full nodes is seven levels deep.
    private const int MaxDepth = 8;

    // Enough for a burst of splits and merges around one place, without keeping the peak of a tree that shrank.
    private const int MaxFreeNodes = 32;

    private Leaf? _freeLeaf;
    private Inner? _freeInner;
    private int _freeNodes;

    private abstract class Node
    {
        public int Count;
    }

    private sealed class Leaf : Node
    {
        // A tree that holds a range or two (one a file is common) should not pay for a full node.
        private const int SmallWidth = 4;

        public ulong[] First = new ulong[SmallWidth];
        public ulong[] Last = new ulong[SmallWidth];
        public T[] Value = new T[SmallWidth];
        public Leaf? Prev;
        public Leaf? Next;

        public void Read(int index, out ulong first, out ulong last, out T value)
        {
            first = First[index];
            last = Last[index];
            value = Value[index];
        }

        public void InsertAt(int index, ulong first, ulong last, T value)
        {
            if (Count == First.Length)
                Reserve(Count + 1);
            int tail = Count - index;
            Array.Copy(First, index, First, index + 1, tail);
            Array.Copy(Last, index, Last, index + 1, tail);
            Array.Copy(Value, index, Value, index + 1, tail);
            First[index] = first;
            Last[index] = last;
            Value[index] = value;
            Count++;
        }

        public void RemoveAt(int index)
        {
            Count--;
            int tail = Count - index;
            Array.Copy(First, index + 1, First, index, tail);
            Array.Copy(Last, index + 1, Last, index, tail);
            Array.Copy(Value, index + 1, Value, index, tail);
            ClearFrom(Count, 1);
        }

        /// <summary>Moves the entries from an index on to the end of another leaf.</summary>
        public void MoveTo(Leaf target, int index)
        {
            int moved = Count - index;
            target.Reserve(target.Count + moved);
            Array.Copy(First, index, target.First, target.Count, moved);
            Array.Copy(Last, index, target.Last, target.Count, moved);
            Array.Copy(Value, index, target.Value, target.Count, moved);
            target.Count += moved;
            Count = index;
            ClearFrom(index, moved);
        }

        private void Reserve(int wanted)
        {
            if (wanted <= First.Length)
                return;

            int length = wanted <= SmallWidth * 4 ? SmallWidth * 4 : LeafWidth;
            Array.Resize(ref First, length);
            Array.Resize(ref Last, length);
            Array.Resize(ref Value, length);
        }

        private void ClearFrom(int index, int count)
        {
            if (RuntimeHelpers.IsReferenceOrContainsReferences<T>())
                Array.Clear(Value, index, count);
        }
    }

    private sealed class Inner : Node
    {
        // Key[i] is exactly the first key under Child[i]. MaxLast and MaxGap are null without gap tracking; MaxGap[i] is
        // the widest run of free keys between two ranges under Child[i], so that it depends on nothing outside.
        public readonly ulong[] Key = new ulong[InnerWidth];
        public readonly Node[] Child = new Node[InnerWidth];
        public readonly ulong[]? MaxLast;
        public readonly ulong[]? MaxGap;
        public Inner? NextFree;

        public Inner(bool trackGaps)
        {
            if (!trackGaps)
                return;

            MaxLast = new ulong[InnerWidth];
            MaxGap = new ulong[InnerWidth];
        }

        public void InsertAt(int index, Node child)
        {
            int tail = Count - index;
            Array.Copy(Key, index, Key, index + 1, tail);
            Array.Copy(Child, index, Child, index + 1, tail);
            if (MaxGap is not null)
            {
                Array.Copy(MaxLast!, index, MaxLast!, index + 1, tail);
                Array.Copy(MaxGap, index, MaxGap, index + 1, tail);
            }

            Count++;
            Child[index] = child;
            Summarise(index);
        }

        public void RemoveAt(int index)
        {
            Count--;
            int tail = Count - index;
            Array.Copy(Key, index + 1, Key, index, tail);
            Array.Copy(Child, index + 1, Child, index, tail);
            if (MaxGap is not null)
            {
                Array.Copy(MaxLast!, index + 1, MaxLast!, index, tail);
                Array.Copy(MaxGap, index + 1, MaxGap, index, tail);
            }

            Child[Count] = null!;
        }

        /// <summary>Moves the entries from an index on to the end of another node.</summary>
        public void MoveTo(Inner target, int index)
        {
            int moved = Count - index;
            Array.Copy(Key, index, target.Key, target.Count, moved);
            Array.Copy(Child, index, target.Child, target.Count, moved);
            if (MaxGap is not null)
            {
                Array.Copy(MaxLast!, index, target.MaxLast!, target.Count, moved);
                Array.Copy(MaxGap, index, target.MaxGap!, target.Count, moved);
            }

            target.Count += moved;
            Count = index;
            Array.Clear(Child, index, moved);
        }

        /// <summary>Brings what this node knows of a child up to date.</summary>
        public void Summarise(int index)
        {
            Node child = Child[index];
            if (child is Leaf leaf)
            {
                Key[index] = leaf.First[0];
                if (MaxGap is null)
                    return;

                ulong gap = 0;
                for (int i = 1; i < leaf.Count; i++)
                    gap = Math.Max(gap, leaf.First[i] - leaf.Last[i - 1] - 1);
                MaxLast![index] = leaf.Last[leaf.Count - 1];
                MaxGap[index] = gap;
                return;
            }

            Inner inner = (Inner)child;
            Key[index] = inner.Key[0];
            if (MaxGap is null)
                return;

            ulong widest = inner.MaxGap![0];
            for (int i = 1; i < inner.Count; i++)
                widest = Math.Max(widest, Math.Max(inner.MaxGap[i], inner.Key[i] - inner.MaxLast![i - 1] - 1));
            MaxLast![index] = inner.MaxLast![inner.Count - 1];
            MaxGap[index] = widest;
        }
    }

    private Leaf TakeLeaf()
    {
        if (_freeLeaf is not { } leaf)
            return new Leaf();

        _freeLeaf = leaf.Next;
        _freeNodes--;
        leaf.Next = null;
        return leaf;
    }

    private Inner TakeInner()
    {
        if (_freeInner is not { } inner)
            return new Inner(_trackGaps);

        _freeInner = inner.NextFree;
        _freeNodes--;
        inner.NextFree = null;
        return inner;
    }

    private void Give(Node node)
    {
        if (_freeNodes >= MaxFreeNodes)
            return;

        _freeNodes++;
        if (node is Leaf leaf)
        {
            leaf.Prev = null;
            leaf.Next = _freeLeaf;
            _freeLeaf = leaf;
        }
        else
        {
            Inner inner = (Inner)node;
            inner.NextFree = _freeInner;
            _freeInner = inner;
        }
    }
}
