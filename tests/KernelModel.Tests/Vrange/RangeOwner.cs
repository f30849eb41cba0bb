using KernelModel.Vrange;

namespace KernelModel.Tests.Vrange;

/// <summary>The least that owns a root: a purge sets purged and moves the range to the young end (R6, R8).</summary>
internal sealed class RangeOwner : IVrangeOwner
{
    public RangeOwner(VrangeLru lru, VrangeOwners kind = VrangeOwners.Files)
    {
        Lru = lru;
        Kind = kind;
        Root = new VrangeRoot(lru, this);
    }

    public VrangeLru Lru { get; }

    public VrangeOwners Kind { get; }

    public VrangeRoot Root { get; }

    /// <summary>What was chosen, in order.</summary>
    public List<(ulong First, ulong Last)> Victims { get; } = [];

    public long Purge(VrangeRef victim, in ScanControl control)
    {
        if (!Root.TryTakeVictim(victim, long.MaxValue, out VrangeEntry entry, out _))
            return 0;
        Victims.Add((entry.First, entry.Last));
        Root.PutVictim(victim, hasMore: false);
        return (long)(entry.Last - entry.First + 1);
    }

    public void Mark(ulong first, ulong last, VrangeBehavior behavior = VrangeBehavior.Full) => Root.Mark(first, last, behavior);

    /// <summary>Purges the range of a page as if the LRU had chosen it.</summary>
    public void PurgeAt(ulong page)
    {
        foreach ((VrangeRef range, IVrangeOwner owner) in Lru.Snapshot())
        {
            if (owner == this && Root.TryGet(range, out VrangeEntry entry, out _) && entry.First <= page && page <= entry.Last)
            {
                Purge(range, new ScanControl { ToReclaim = long.MaxValue });
                return;
            }
        }

        Assert.Fail($"No range at page {page}.");
    }

    /// <summary>The listing as text, one "FIRST-LAST v|p" an entry.</summary>
    public string Listing(ulong first = 0, ulong last = ulong.MaxValue)
    {
        List<VrangeEntry> entries = [];
        Root.List(first, last, entries);
        return string.Join(' ', entries.Select(Text));
    }

    /// <summary>The whole LRU, oldest first; ranges of other owners too.</summary>
    public string Order()
        => string.Join(' ', Lru.Snapshot().Select(item =>
        {
            Assert.True(((RangeOwner)item.Owner).Root.TryGet(item.Range, out VrangeEntry entry, out VrangeBehavior behavior));
            return Text(entry) + (behavior == VrangeBehavior.Partial ? "/partial" : "");
        }));

    private static string Text(VrangeEntry entry) => $"{entry.First}-{entry.Last}{(entry.Purged ? 'p' : 'v')}";
}
