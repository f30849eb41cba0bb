using KernelModel.Ranges;
using KernelModel.Vrange;

namespace KernelModel.Mapping;

/// <summary>fvrange: marks, unmarks and purges of the file's pages. Page numbers, ends inclusive.</summary>
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

    /// <summary>Has a waiter woken once when a purge has ended, if one runs among some pages.</summary>
    /// <returns>Whether one does.</returns>
    internal bool TryAwaitPurge(ulong first, ulong last, IPurgeWaiter waiter)
    {
        lock (this)
        {
            if (!IsBeingPurged(first, last))
                return false;
            (State.Waiters ??= []).Add(waiter);
            return true;
        }
    }

    /// <summary>Waits until no purge runs among some pages. Not from a thread that serves requests, nor with a lock held.</summary>
    public void AwaitPurges(ulong first, ulong last)
    {
        lock (this)
        {
            while (IsBeingPurged(first, last))
                Monitor.Wait(this);
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

    /// <inheritdoc/>
    public long Purge(VrangeRef victim, in ScanControl control)
    {
        PurgeWindow? window;
        long freed;
        lock (this)
        {
            RetireIfUnheld();
            if (_state?.Ranges is not VrangeRoot ranges
                || !ranges.TryTakeVictim(victim, control.ToReclaim, out VrangeEntry range, out long wanted))
                return 0;

            ulong last = EndOfPart(range.First, range.Last, wanted);
            bool hasMore = TryFindData(last + 1, range.Last, out _, out _);
            freed = PurgeLocked(range.First, last, control.Direct, out window);

            // What cannot be punched is passed over.
            ranges.PutVictim(victim, hasMore && freed > 0);
        }

        if (freed > 0)
            host.OnPurged();
        TellView(control.Wait);
        return freed + (control.Wait ? AwaitEnd(window) : 0);
    }

    /// <summary>Purges what is volatile of first..last, as reclaim does with volatile pages it meets (R33).</summary>
    /// <param name="first">First page.</param>
    /// <param name="last">Last page, inclusive.</param>
    /// <param name="wait">Return only when no mapper sees the old pages any more.</param>
    /// <returns>Pages freed.</returns>
    public long PurgeWithin(ulong first, ulong last, bool wait = true)
    {
        long freed = 0;
        ulong page = first;
        while (true)
        {
            PurgeWindow? window;
            long purged;
            lock (this)
            {
                RetireIfUnheld();
                if (_state?.Ranges is not VrangeRoot ranges || !ranges.TryPurgeAtOrAfter(page, last, out VrangeEntry range))
                    return freed;
                ulong from = Math.Max(first, range.First);
                page = Math.Min(last, range.Last);
                purged = PurgeLocked(from, page, direct: false, out window);
            }

            if (purged > 0)
                host.OnPurged();
            TellView(wait);
            freed += purged + (wait ? AwaitEnd(window) : 0);
            if (page++ == last)
                return freed;
        }
    }

    /// <summary>The host's page cache has let the pages of a purge go: it is over, and who waits for it goes on.</summary>
    public void EndPurge(PurgeWindow window)
    {
        lock (this)
        {
            window.Closed = true;
            Domain.Lru.CountDiscarded(window.Dropped, window.Direct);
            if (_state?.Windows is List<PurgeWindow> windows && windows.Remove(window) && windows.Count == 0)
                _state.Windows = null;
            WakeWaiters();
            RetireIfUnheld();
        }
    }

    /// <summary>Somebody waits for the end of a purge no more.</summary>
    internal void Forget(IPurgeWaiter waiter)
    {
        lock (this)
            _state?.Waiters?.Remove(waiter);
    }

    // Who waits on the monitor, and who waits without a thread.
    private void WakeWaiters()
    {
        Monitor.PulseAll(this);
        if (_state?.Waiters is not List<IPurgeWaiter> waiters)
            return;
        _state.Waiters = null;
        foreach (IPurgeWaiter waiter in waiters)
            waiter.Wake();
    }

    private bool IsBeingPurged(ulong first, ulong last)
        => IsInWindow(first, last) || _state?.Stale?.Overlaps(first, last) == true;

    private bool IsInWindow(ulong first, ulong last)
    {
        if (_state?.Windows is List<PurgeWindow> windows)
        {
            foreach (PurgeWindow window in windows)
            {
                if (window.Overlaps(first, last))
                    return true;
            }
        }

        return false;
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

    /// <summary>The page that holds the last of so many pages with data.</summary>
    private ulong EndOfPart(ulong first, ulong last, long wanted)
    {
        if (wanted == long.MaxValue)
            return last;
        while (TryFindData(first, last, out ulong runFirst, out ulong runLast))
        {
            long run = (long)(runLast - runFirst + 1);
            if (run >= wanted)
                return runFirst + (ulong)wanted - 1;
            wanted -= run;
            first = runLast + 1;
        }

        return last;
    }

    private long PurgeLocked(ulong first, ulong last, bool direct, out PurgeWindow? window)
    {
        window = null;
        StoreStat before = StatLocked();
        PageRuns data = new();
        ulong page = first;
        while (before.Pages > 0 && TryFindData(page, last, out ulong runFirst, out ulong runLast))
        {
            data.Add(runFirst, runLast);
            page = runLast + 1;
        }

        long offset = PageSize.OffsetOf(first);
        if (before.Pages > 0
            && _store!.Punch(offset, (long)Math.Min((last - first + 1) << PageSize.Shift, (ulong)(long.MaxValue - offset))) < 0)
        {
            // What is still there is not lost, and nobody need let go of it. The range stays purged (R6).
            KeepWhatIsLeft(data);
            if (data.IsEmpty)
                return 0;
        }

        // Only behind the punch: what the host's page cache would read again has to be gone.
        NoteStale(first, last);

        // The host caches no page past the end of the file, but what memory there is: st_blocks falls there too (R9).
        ulong end = (ulong)PageSize.PagesFor(before.Size);
        if (first < end || before.Pages > 0)
        {
            var purge = new PurgeWindow(this, first, first < end ? Math.Min(last, end - 1) : first, direct);
            if (host.BeginInvalidate(purge))
            {
                window = purge;
                (State.Windows ??= []).Add(purge);
            }
        }

        RecordLoss(data);
        page = 0;
        while (window is not null && data.FirstAtOrAfter(page, out ulong runFirst, out ulong runLast))
        {
            window.Gone.Add(runFirst, runLast);
            page = runLast + 1;
        }

        long freed = Math.Max(0, before.Pages - StatLocked().Pages);
        Domain.Lru.CountDiscarded(freed, direct);
        return freed;
    }

    private void KeepWhatIsLeft(PageRuns data)
    {
        ulong page = 0;
        while (data.FirstAtOrAfter(page, out ulong first, out ulong last))
        {
            page = last + 1;
            for (ulong at = first; TryFindData(at, last, out ulong keptFirst, out ulong keptLast); at = keptLast + 1)
                data.Remove(keptFirst, keptLast);
        }
    }

    private long AwaitEnd(PurgeWindow? window)
    {
        if (window is null)
            return 0;
        lock (this)
        {
            while (!window.Closed)
                Monitor.Wait(this);
            return window.Dropped;
        }
    }
}
