using KernelModel.Ranges;
using KernelModel.Vrange;

namespace KernelModel.Mapping;

/// <summary>Which pages had data when they were purged, remembered until that is reported (R7).</summary>
public sealed partial class AddressSpace
{
    private void RecordLoss(ulong first, ulong last)
    {
        VolatileState state = State;
        if (Domain.SigbusOnPurged)
            (state.Dead ??= new PageRuns()).Add(first, last);
        Domain.Lru.CountUnreported((state.Lost ??= new PageRuns()).Add(first, last));
        Charge();
    }

    // With the share full one run stands for all, over pages that had nothing to lose too (R7 is information).
    private void RecordLoss(PageRuns lost)
    {
        ulong page = 0;
        while (lost.FirstAtOrAfter(page, out ulong first, out ulong last))
        {
            if (IsShareFull)
                last = lost.Last;
            RecordLoss(first, last);
            page = last + 1;
        }
    }

    // Pages that were dirty in the host's cache only: they are lost as the others, and freed, also when the loss of an
    // earlier purge of them is still to be reported.
    private void DropPurged(ulong first, ulong last)
    {
        RecordLoss(first, last);
        for (ulong page = first; page <= last; page++)
        {
            // A page counts in one of the purges that are running over it, and once.
            PurgeWindow? counts = null;
            foreach (PurgeWindow window in _state!.Windows!)
            {
                if (!window.Overlaps(page, page))
                    continue;
                counts ??= window;
                if (!window.Gone.Overlaps(page, page))
                    continue;
                counts = null;
                break;
            }

            if (counts is not null)
                counts.Dropped += counts.Gone.Add(page, page);
        }
    }

    private void ForgetLoss(ulong first, ulong last)
    {
        if (_state?.Lost is not PageRuns lost)
            return;
        Domain.Lru.CountUnreported(-lost.Remove(first, last));
        if (lost.IsEmpty)
            _state.Lost = null;
    }

    // With their pages: a loss without a flag would be one that nobody was promised (R1, R7). Those of ranges stay (R6),
    // also where a range was marked and purged over a tombstone.
    private void ForgetTombstones()
    {
        if (_state?.Ranges is not VrangeRoot ranges)
            return;
        var tombstones = new List<VrangeEntry>();
        ranges.ListTombstones(tombstones);
        foreach (VrangeEntry tombstone in tombstones)
            ForgetLossOutsidePurged(ranges, tombstone.First, tombstone.Last);
        ranges.ForgetTombstones();
        Charge();
        TrimIfUnheld();
    }

    private void ForgetLossOutsidePurged(VrangeRoot ranges, ulong first, ulong last)
    {
        while (ranges.TryFindAtOrAfter(first, out VrangeEntry range) && range.First <= last)
        {
            if (range.First > first)
                ForgetLoss(first, range.First - 1);
            if (!range.Purged)
                ForgetLoss(Math.Max(first, range.First), Math.Min(last, range.Last));
            if (range.Last >= last)
                return;
            first = range.Last + 1;
        }

        ForgetLoss(first, last);
    }
}
