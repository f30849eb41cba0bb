using KernelModel.Ranges;
using KernelModel.Vrange;

namespace KernelModel.Mapping;

/// <summary>Purges: what they take, who has to let go of it, and who waits for their end (R6, R9, R12).</summary>
public sealed partial class AddressSpace
{
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
