namespace KernelModel.Ranges;

public sealed partial class RangeTree<T>
{
    /// <summary>Finds free keys: a run of <paramref name="size"/> keys inside bounds that no range covers.</summary>
    /// <param name="size">The number of keys, at least 1.</param>
    /// <param name="low">The lowest key the run may use.</param>
    /// <param name="high">The highest key the run may use, inclusive.</param>
    /// <param name="topDown">Whether the highest run is wanted instead of the lowest.</param>
    /// <param name="start">The first key of the run.</param>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="InvalidOperationException">The tree does not track gaps: a bug of the caller.</exception>
    public bool FindGap(ulong size, ulong low, ulong high, bool topDown, out ulong start)
    {
        if (!_trackGaps)
            throw new InvalidOperationException("The tree was made without gap tracking.");

        start = 0;
        if (size == 0 || high < low || high - low < size - 1)
            return false;

        GapSearch search = new(size, low, high);
        if (_root is null)
            return search.Take(low, high, topDown, out start);
        return topDown ? SearchDown(_root, ref search, out start) : SearchUp(_root, ref search, out start);
    }

    // The part of [Low, High] not looked at yet, and what is looked for in it.
    private struct GapSearch(ulong size, ulong low, ulong high)
    {
        public readonly ulong Size = size;
        public ulong Low = low;
        public ulong High = high;
        public bool Exhausted;

        public readonly bool Take(ulong from, ulong to, bool top, out ulong start)
        {
            start = top ? to - (Size - 1) : from;
            return to >= from && to - from >= Size - 1;
        }
    }

    private static bool SearchUp(Node root, ref GapSearch search, out ulong start)
    {
        if (WalkUp(root, ref search, out start))
            return true;
        return !search.Exhausted && search.Take(search.Low, search.High, false, out start);
    }

    private static bool WalkUp(Node node, ref GapSearch search, out ulong start)
    {
        Inner? inner = node as Inner;
        Leaf? leaf = node as Leaf;
        start = 0;
        for (int i = 0; i < node.Count && !search.Exhausted; i++)
        {
            ulong first = inner is not null ? inner.Key[i] : leaf!.First[i];
            ulong last = inner is not null ? inner.MaxLast![i] : leaf!.Last[i];
            if (last < search.Low)
                continue;

            // Free keys before what is here.
            if (first > search.Low && search.Take(search.Low, Math.Min(first - 1, search.High), false, out start))
                return true;
            if (inner is not null && inner.MaxGap![i] >= search.Size && WalkUp(inner.Child[i], ref search, out start))
                return true;
            if (last >= search.High)
                search.Exhausted = true;
            else if (last + 1 > search.Low)
                search.Low = last + 1;
        }

        return false;
    }

    private static bool SearchDown(Node root, ref GapSearch search, out ulong start)
    {
        if (WalkDown(root, ref search, out start))
            return true;
        return !search.Exhausted && search.Take(search.Low, search.High, true, out start);
    }

    private static bool WalkDown(Node node, ref GapSearch search, out ulong start)
    {
        Inner? inner = node as Inner;
        Leaf? leaf = node as Leaf;
        start = 0;
        for (int i = node.Count - 1; i >= 0 && !search.Exhausted; i--)
        {
            ulong first = inner is not null ? inner.Key[i] : leaf!.First[i];
            ulong last = inner is not null ? inner.MaxLast![i] : leaf!.Last[i];
            if (first > search.High)
                continue;

            if (last < search.High && search.Take(Math.Max(last + 1, search.Low), search.High, true, out start))
                return true;
            if (inner is not null && inner.MaxGap![i] >= search.Size && WalkDown(inner.Child[i], ref search, out start))
                return true;
            if (first <= search.Low)
                search.Exhausted = true;
            else if (first - 1 < search.High)
                search.High = first - 1;
        }

        return false;
    }
}
