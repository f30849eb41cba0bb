using KernelModel.Vrange;

namespace KernelModel.Mapping;

/// <summary>fvrange: the marks of the file's pages, and what is told of them. Page numbers, ends inclusive.</summary>
public sealed partial class AddressSpace
{
    /// <summary>Makes pages volatile (R4). Any page number is accepted, also past the end of the file (R3).</summary>
    /// <returns>0, or -ENOMEM when it would be a new range and the file's owner has as many as he may.</returns>
    public int Mark(ulong first, ulong last, VrangeBehavior behavior)
    {
        lock (this)
        {
            if (IsShareFull && _state?.Ranges?.IsVolatile(first, last) != true)
                return -Errno.ENOMEM;
            VrangeRoot ranges = State.Ranges ??= new VrangeRoot(Domain.Lru, this);
            bool isNew = !ranges.TryFindAtOrAfter(first, out VrangeEntry range) || range.First > first || range.Last < last;
            ranges.Mark(first, last, behavior);
            if (isNew)
                _state!.Count = null;
            if (isNew && Domain.Storage.NeedsPurgeable)
                Domain.Storage.AddPurgeable(CountData(first, last));
            Charge();
            return 0;
        }
    }

    /// <summary>Takes pages back unless a purge is running among them, which must come first (R12).</summary>
    /// <param name="first">First page.</param>
    /// <param name="last">Last page, inclusive.</param>
    /// <param name="report">Whether the caller hands the loss on; if not it stays to be reported later (R15).</param>
    /// <param name="loss">What was lost.</param>
    /// <param name="waiter">Woken once when a purge has ended, if one is running there.</param>
    /// <returns>False when a purge is running there: nothing has changed.</returns>
    public bool TryUnmark(ulong first, ulong last, bool report, out VrangeLoss loss, IPurgeWaiter? waiter = null)
    {
        lock (this)
        {
            if (IsBeingPurged(first, last))
            {
                if (waiter is not null)
                    (State.Waiters ??= []).Add(waiter);
                loss = default;
                return false;
            }

            loss = UnmarkLocked(first, last, report);
            return true;
        }
    }

    /// <summary>Lists ranges and tombstones that touch first..last, clipped to it (R40, R41).</summary>
    public void ListVranges(ulong first, ulong last, List<VrangeEntry> into)
    {
        lock (this)
        {
            RetireIfUnheld();
            _state?.Ranges?.List(first, last, into);
        }
    }

    /// <summary>Pages of first..last that have data.</summary>
    public long ResidentIn(ulong first, ulong last)
    {
        lock (this)
            return CountData(first, last);
    }

    /// <summary>The range that the LRU named, as it is now, with its pages that have data.</summary>
    public bool TryDescribe(VrangeRef range, out VrangeEntry entry, out long resident)
    {
        lock (this)
        {
            RetireIfUnheld();
            if (_state?.Ranges is not VrangeRoot ranges || !ranges.TryGet(range, out entry, out _))
            {
                (entry, resident) = (default, 0);
                return false;
            }

            resident = CountData(entry.First, entry.Last);
            return true;
        }
    }

    /// <summary>Lists what was lost, belongs to no range any more and has not been reported (R11).</summary>
    public void ListTombstones(List<VrangeEntry> into)
    {
        lock (this)
        {
            RetireIfUnheld();
            _state?.Ranges?.ListTombstones(into);
        }
    }

    /// <summary>
    /// Pages that are volatile and have data (R70). They are counted again only when marks or contents have changed since,
    /// and others get at the file while they are.
    /// </summary>
    public long CountVolatile()
    {
        VolatileCount count;
        lock (this)
        {
            RetireIfUnheld();
            if (_state?.Ranges is null)
                return 0;
            StoreStat stat = StatLocked();
            if (_state.Count is { IsDone: true } known && known.IsOf(stat))
                return known.Pages;
            count = _state.Count = new VolatileCount(stat);
        }

        ulong page = 0;
        while (CountSome(count, ref page))
            continue;
        return count.Pages;
    }

    // One hold of the lock. False when it was the last.
    private bool CountSome(VolatileCount count, ref ulong page)
    {
        const int Ranges = 256;
        lock (this)
        {
            for (int i = 0; i < Ranges; i++)
            {
                if (_state?.Ranges is not VrangeRoot ranges || !ranges.TryFindAtOrAfter(page, out VrangeEntry range))
                {
                    count.IsDone = true;
                    return false;
                }

                count.Pages += CountData(range.First, range.Last);
                page = range.Last + 1;
            }

            return true;
        }
    }

    private VrangeLoss UnmarkLocked(ulong first, ulong last, bool report)
    {
        if (_state?.Ranges is not VrangeRoot ranges)
            return default;

        _state.Count = null;
        if (IsShareFull)
            EndBehind(ranges, first, last);
        bool purged = ranges.Unmark(first, last, report);
        Revive(first, last);
        long pages = _state.Lost?.CountIn(first, last) ?? 0;
        if (report && pages > 0)
            ForgetLoss(first, last);
        Charge();
        TrimIfUnheld();
        return new VrangeLoss(purged, pages << PageSize.Shift);
    }

    /// <summary>The first run of pages with data that touches first..last, clipped to it.</summary>
    private bool TryFindData(ulong first, ulong last, out ulong runFirst, out ulong runLast)
    {
        (runFirst, runLast) = (0, 0);
        long data = first > last ? -Errno.ENXIO : _store?.SeekData(PageSize.OffsetOf(first)) ?? -Errno.ENXIO;
        if (data < 0 || PageSize.PageOf(data) > last)
            return false;
        long hole = _store!.SeekHole(data);
        runFirst = PageSize.PageOf(data);
        runLast = hole <= data ? runFirst : Math.Min(last, PageSize.PageOf(hole - 1));
        return true;
    }

    private long CountData(ulong first, ulong last)
    {
        long pages = 0;
        while (TryFindData(first, last, out ulong runFirst, out ulong runLast))
        {
            pages += (long)(runLast - runFirst + 1);
            first = runLast + 1;
        }

        return pages;
    }
}
