using System.Diagnostics;

namespace KernelModel.Vrange;

public sealed partial class VrangeRoot
{
    /// <summary>
    /// Moves what covers first..last (inclusive) to other pages, split at the borders (R20: mremap). Ranges keep their
    /// state and their place in the LRU; tombstones move too. The target is empty and does not overlap the source.
    /// </summary>
    public void Move(ulong first, ulong last, ulong target)
    {
        Debug.Assert(target > last || target + (last - first) < first, "A move does not overlap itself.");
        while (_ranges.FirstAtOrAfter(first, out ulong rangeFirst, out ulong rangeLast, out int slot) && rangeFirst <= last)
        {
            ulong from = Math.Max(first, rangeFirst) - first + target;
            ulong to = Math.Min(last, rangeLast) - first + target;
            int moved = _lru.AddSplit(slot, from, to);
            Cut(slot, rangeFirst, rangeLast, first, last);
            _ranges.Insert(from, to, moved);
        }

        while (_tombstones.FirstAtOrAfter(first, out ulong deadFirst, out ulong deadLast) && deadFirst <= last)
        {
            ulong from = Math.Max(first, deadFirst);
            ulong to = Math.Min(last, deadLast);
            _tombstones.Remove(from, to);
            _tombstones.Add(from - first + target, to - first + target);
        }
    }

    /// <summary>Gives another root all ranges and tombstones of this one (R22: fork); they are young there.</summary>
    public void CopyTo(VrangeRoot child)
    {
        foreach (Ranges.RangeTree<int>.Entry entry in _ranges)
        {
            VrangeBehavior behavior = _lru[entry.Value].Behavior;
            child._ranges.Insert(entry.First, entry.Last, _lru.Add(child._owner, entry.First, entry.Last, behavior, _lru[entry.Value].Purged));
        }

        ulong page = 0;
        while (_tombstones.FirstAtOrAfter(page, out ulong first, out ulong last))
        {
            child._tombstones.Add(first, last);
            page = last + 1;
        }
    }

    /// <summary>A page has come to be: the range that holds it is worth another look.</summary>
    internal void NotePage(ulong page)
    {
        if (_lru.HasSpared && _ranges.TryFind(page, out _, out _, out int slot))
            _lru.Retry(slot);
    }

    /// <summary>A page was purged outside a pass over the LRU of ranges: the range that holds it says so (R6).</summary>
    internal void SetPurgedAt(ulong page)
    {
        if (_ranges.TryFind(page, out _, out _, out int slot))
            _lru[slot].Purged = true;
    }
}
