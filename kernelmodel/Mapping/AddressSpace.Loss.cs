using KernelModel.Ranges;
using KernelModel.Vrange;

namespace KernelModel.Mapping;

/// <summary>Which pages had data when they were purged, remembered until that is reported (R7).</summary>
public sealed partial class AddressSpace
{
    private void RecordLoss(ulong first, ulong last)
    {
        if (domain.SigbusOnPurged)
            (_dead ??= new PageRuns()).Add(first, last);
        domain.Lru.CountUnreported((_lost ??= new PageRuns()).Add(first, last));
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
            foreach (PurgeWindow window in _windows!)
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
        if (_lost is null)
            return;
        domain.Lru.CountUnreported(-_lost.Remove(first, last));
        if (_lost.IsEmpty)
            _lost = null;
    }

    // With their pages: a loss without a flag would be one that nobody was promised (R1, R7). Those of ranges stay (R6),
    // also where a range was marked and purged over a tombstone.
    private void ForgetTombstones()
    {
        if (_vranges is null)
            return;
        var tombstones = new List<VrangeEntry>();
        _vranges.ListTombstones(tombstones);
        foreach (VrangeEntry tombstone in tombstones)
            ForgetLossOutsidePurged(tombstone.First, tombstone.Last);
        _vranges.ForgetTombstones();
        ReleaseEmptyRoot();
    }

    private void ForgetLossOutsidePurged(ulong first, ulong last)
    {
        while (_vranges!.TryFindAtOrAfter(first, out VrangeEntry range) && range.First <= last)
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
