using System.Diagnostics;
using KernelModel.Ranges;

namespace KernelModel.Vrange;

/// <summary>
/// The volatile ranges of one address_space or one mm (linux: struct vrange_root), disjoint, in page numbers, ends
/// inclusive. Beside them it keeps the tombstones (R11): what was purged, is volatile no more, and has not been
/// reported yet. Guarded by the lock of its owner; the LRU has its own.
/// </summary>
public sealed partial class VrangeRoot : IDisposable
{
    // R8: a PARTIAL range gives so many pages at a time.
    private const long PartialBatch = 32;

    private readonly VrangeLru _lru;
    private readonly int _owner;
    private readonly RangeTree<int> _ranges = new();
    private readonly PageRuns _tombstones = new();

    /// <summary>An empty root of the owner.</summary>
    public VrangeRoot(VrangeLru lru, IVrangeOwner owner)
    {
        _lru = lru;
        _owner = lru.AddOwner(owner);
    }

    /// <summary>Volatile ranges.</summary>
    public int Count => _ranges.Count;

    /// <summary>Volatile ranges, and runs of tombstones.</summary>
    public int Entries => _ranges.Count + _tombstones.Runs;

    /// <summary>Whether it remembers anything at all.</summary>
    public bool IsEmpty => _ranges.Count == 0 && _tombstones.IsEmpty;

    /// <summary>Gives all ranges and tombstones up, unreported.</summary>
    public void Dispose()
    {
        RemoveAll(leaveTombstones: false);
        _lru.RemoveOwner(_owner);
    }

    /// <summary>
    /// Marks pages volatile (R4): inside a range that is there nothing changes; ranges that overlap become one, the
    /// youngest of the LRU; ranges that only touch stay two.
    /// </summary>
    /// <param name="first">First page.</param>
    /// <param name="last">Last page, inclusive.</param>
    /// <param name="behavior">What a union takes over from the youngest mark.</param>
    public void Mark(ulong first, ulong last, VrangeBehavior behavior)
    {
        Debug.Assert(first <= last);
        if (!_ranges.FirstAtOrAfter(first, out ulong rangeFirst, out ulong rangeLast, out int slot) || rangeFirst > last)
        {
            _ranges.Insert(first, last, _lru.Add(_owner, first, last, behavior, purged: false));
            return;
        }

        if (rangeFirst <= first && last <= rangeLast)
            return;

        bool purged = false;
        do
        {
            first = Math.Min(first, rangeFirst);
            last = Math.Max(last, rangeLast);
            purged |= _lru[slot].Purged;
            _ranges.Remove(rangeFirst);
            _lru.Remove(slot);
        }
        while (_ranges.FirstAtOrAfter(first, out rangeFirst, out rangeLast, out slot) && rangeFirst <= last);

        _ranges.Insert(first, last, _lru.Add(_owner, first, last, behavior, purged));
    }

    /// <summary>
    /// Takes pages back (R5): covered ranges go, others are trimmed or split and keep their place in the LRU.
    /// </summary>
    /// <param name="first">First page.</param>
    /// <param name="last">Last page, inclusive.</param>
    /// <param name="report">
    /// Whether the caller can hand the loss on. If not, what was purged stays as a tombstone (R15).
    /// </param>
    /// <returns>Whether anything that was taken away had been purged.</returns>
    public bool Unmark(ulong first, ulong last, bool report)
    {
        Debug.Assert(first <= last);
        bool purged = _tombstones.Overlaps(first, last);
        if (report && purged)
            _tombstones.Remove(first, last);

        while (_ranges.FirstAtOrAfter(first, out ulong rangeFirst, out ulong rangeLast, out int slot) && rangeFirst <= last)
        {
            if (_lru[slot].Purged)
            {
                purged = true;
                if (!report)
                    _tombstones.Add(Math.Max(first, rangeFirst), Math.Min(last, rangeLast));
            }

            Cut(slot, rangeFirst, rangeLast, first, last);
        }

        return purged;
    }

    /// <summary>Ends all ranges, as when the last holder of a file goes; purged ones stay as tombstones (R11).</summary>
    public void Retire() => RemoveAll(leaveTombstones: true);

    /// <summary>Pages were lost that nobody has marked, or not by a purge (R17): the next unmark over them says so.</summary>
    public void AddTombstone(ulong first, ulong last) => _tombstones.Add(first, last);

    /// <summary>Forgets every loss that is not reported yet and belongs to no range (R11: truncate to 0).</summary>
    public void ForgetTombstones() => _tombstones.Clear();

    /// <summary>Whether any page of first..last (inclusive) is volatile.</summary>
    public bool IsVolatile(ulong first, ulong last)
        => _ranges.FirstAtOrAfter(first, out ulong rangeFirst, out _, out _) && rangeFirst <= last;

    /// <summary>The first range that ends at or after a page.</summary>
    public bool TryFindAtOrAfter(ulong page, out VrangeEntry range)
    {
        if (_ranges.FirstAtOrAfter(page, out ulong first, out ulong last, out int slot))
        {
            range = new VrangeEntry(first, last, _lru[slot].Purged);
            return true;
        }

        range = default;
        return false;
    }

    /// <summary>What there is to list from <paramref name="first"/> to <paramref name="last"/>, ascending and disjoint (R41).</summary>
    public void List(ulong first, ulong last, List<VrangeEntry> into)
    {
        ulong page = first;
        while (page <= last)
        {
            bool volatileHere = _ranges.FirstAtOrAfter(page, out ulong rangeFirst, out ulong rangeLast, out int slot) && rangeFirst <= last;
            bool lostHere = _tombstones.FirstAtOrAfter(page, out ulong deadFirst, out ulong deadLast) && deadFirst <= last;
            if (!volatileHere && !lostHere)
                return;

            ulong start = Math.Max(page, Math.Min(volatileHere ? rangeFirst : ulong.MaxValue, lostHere ? deadFirst : ulong.MaxValue));
            bool inRange = volatileHere && rangeFirst <= start;
            bool inTombstone = lostHere && deadFirst <= start;
            ulong end = last;
            if (volatileHere)
                end = Math.Min(end, inRange ? rangeLast : rangeFirst - 1);
            if (lostHere)
                end = Math.Min(end, inTombstone ? deadLast : deadFirst - 1);

            into.Add(new VrangeEntry(start, end, inTombstone || (inRange && _lru[slot].Purged)));
            if (end == ulong.MaxValue)
                return;
            page = end + 1;
        }
    }

    /// <summary>The tombstones, ascending.</summary>
    public void ListTombstones(List<VrangeEntry> into)
    {
        ulong page = 0;
        while (_tombstones.FirstAtOrAfter(page, out ulong first, out ulong last))
        {
            into.Add(new VrangeEntry(first, last, true));
            if (last == ulong.MaxValue)
                return;
            page = last + 1;
        }
    }

    /// <summary>The state of a range that the LRU named, if it is still that range.</summary>
    internal bool TryGet(VrangeRef range, out VrangeEntry entry, out VrangeBehavior behavior)
    {
        if (!_lru.IsCurrent(range))
        {
            (entry, behavior) = (default, default);
            return false;
        }

        ref Vrange found = ref _lru[range.Slot];
        (entry, behavior) = (new VrangeEntry(found.First, found.Last, found.Purged), found.Behavior);
        return true;
    }

    /// <summary>The first range that ends at or after a page and starts by <paramref name="last"/>, now a victim (R6, R8).</summary>
    internal bool TryPurgeAtOrAfter(ulong page, ulong last, out VrangeEntry entry)
    {
        if (!_ranges.FirstAtOrAfter(page, out ulong first, out ulong rangeLast, out int slot) || first > last)
        {
            entry = default;
            return false;
        }

        _lru[slot].Purged = true;
        _lru.MoveToYoungEnd(slot);
        entry = new VrangeEntry(first, rangeLast, true);
        return true;
    }

    /// <summary>
    /// R6: takes a range that the LRU named as a victim, if it is still that range. It is purged from now on, whether or not
    /// anything is found in it.
    /// </summary>
    /// <param name="victim">The range.</param>
    /// <param name="pages">Pages that are still wanted.</param>
    /// <param name="range">Where it is.</param>
    /// <param name="wanted">R8: pages it has to give, all of a FULL one, of a PARTIAL one from its start in whole batches.</param>
    internal bool TryTakeVictim(VrangeRef victim, long pages, out VrangeEntry range, out long wanted)
    {
        wanted = 0;
        if (!TryGet(victim, out range, out VrangeBehavior behavior))
            return false;
        _lru[victim.Slot].Purged = true;
        wanted = behavior == VrangeBehavior.Full || pages > long.MaxValue - PartialBatch
            ? long.MaxValue
            : (pages + PartialBatch - 1) / PartialBatch * PartialBatch;
        return true;
    }

    /// <summary>
    /// R8: the purge of a victim is over. One that gave what was wanted and has more keeps its place; any other goes to the
    /// young end, where the pass does not come to it again, and can be purged again when it was refilled.
    /// </summary>
    internal void PutVictim(VrangeRef victim, bool hasMore)
    {
        if (!hasMore)
            _lru.MoveToYoungEnd(victim.Slot);
    }

    private void Cut(int slot, ulong rangeFirst, ulong rangeLast, ulong first, ulong last)
    {
        bool keepsHead = rangeFirst < first;
        bool keepsTail = rangeLast > last;
        if (keepsHead && keepsTail)
        {
            Resize(slot, rangeFirst, rangeFirst, first - 1);
            _ranges.Insert(last + 1, rangeLast, _lru.AddSplit(slot, last + 1, rangeLast));
        }
        else if (keepsHead)
        {
            Resize(slot, rangeFirst, rangeFirst, first - 1);
        }
        else if (keepsTail)
        {
            Resize(slot, rangeFirst, last + 1, rangeLast);
        }
        else
        {
            _ranges.Remove(rangeFirst);
            _lru.Remove(slot);
        }
    }

    private void Resize(int slot, ulong oldFirst, ulong first, ulong last)
    {
        _ranges.Resize(oldFirst, first, last);
        ref Vrange range = ref _lru[slot];
        range.First = first;
        range.Last = last;
    }

    private void RemoveAll(bool leaveTombstones)
    {
        ulong page = 0;
        while (_ranges.FirstAtOrAfter(page, out ulong first, out ulong last, out int slot))
        {
            if (leaveTombstones && _lru[slot].Purged)
                _tombstones.Add(first, last);
            _lru.Remove(slot);
            page = last;
            if (page++ == ulong.MaxValue)
                break;
        }

        _ranges.Clear();
        if (!leaveTombstones)
            _tombstones.Clear();
    }
}
