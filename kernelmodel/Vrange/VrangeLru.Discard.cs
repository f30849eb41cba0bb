namespace KernelModel.Vrange;

public sealed partial class VrangeLru
{
    // Counters of /proc/vmstat; Interlocked.
    private long _scanned;
    private long _discarded;
    private long _direct;
    private long _background;
    private long _unreported;

    /// <summary>pgvrange_scan: ranges looked at by purges (R70).</summary>
    public long Scanned => Interlocked.Read(ref _scanned);

    /// <summary>pgvrange_discard: pages purged (R70).</summary>
    public long Discarded => Interlocked.Read(ref _discarded);

    /// <summary>pgdiscard_direct: of these, the ones a caller that needed memory took itself.</summary>
    public long DiscardedDirect => Interlocked.Read(ref _direct);

    /// <summary>pgdiscard_kswapd: of these, the ones taken in the background or by the operator.</summary>
    public long DiscardedBackground => Interlocked.Read(ref _background);

    /// <summary>Purged: pages lost and not reported yet (R70).</summary>
    public long Unreported => Interlocked.Read(ref _unreported);

    /// <summary>
    /// Purges at least <paramref name="pages"/> pages, oldest ranges first, each range once at most (R8).
    /// The caller holds no lock.
    /// </summary>
    /// <param name="pages">Pages wanted; <see cref="long.MaxValue"/> takes everything.</param>
    /// <param name="from">Whose ranges may be taken (R16).</param>
    /// <param name="wait">See <see cref="ScanControl.Wait"/>; who cannot wait needs the memory himself.</param>
    /// <returns>Pages really freed, fewer than asked when no more could be had.</returns>
    public long Discard(long pages, VrangeOwners from, bool wait)
    {
        ScanControl control = new() { ToReclaim = pages, Owners = from, Direct = !wait, Wait = wait };
        return Discard(ref control);
    }

    /// <summary>As above, for a reclaim that is under way: what is freed is no longer wanted.</summary>
    /// <returns>Pages really freed.</returns>
    internal long Discard(ref ScanControl control)
    {
        long freed = 0;
        ulong youngest = Volatile.Read(ref _sequence);

        // A visited range goes to the young end with a later sequence. Only a PARTIAL one that had enough stays, and
        // then the pass is over.
        while (control.ToReclaim > 0 && TryPeekOldest(control, youngest, out VrangeRef victim, out IVrangeOwner? owner))
        {
            Interlocked.Increment(ref _scanned);
            long purged = owner!.Purge(victim, control);
            if (purged == 0 && control.Spares)
                Spare(victim);
            control.ToReclaim -= purged;
            freed += purged;
        }

        return freed;
    }

    /// <summary>Counts pages that an owner purged.</summary>
    internal void CountDiscarded(long pages, bool direct)
    {
        Interlocked.Add(ref _discarded, pages);
        Interlocked.Add(ref direct ? ref _direct : ref _background, pages);
    }

    /// <summary>Counts pages that were lost, or reported or forgotten when negative.</summary>
    internal void CountUnreported(long pages) => Interlocked.Add(ref _unreported, pages);

    private bool TryPeekOldest(in ScanControl control, ulong youngest, out VrangeRef victim, out IVrangeOwner? owner)
    {
        lock (_lock)
        {
            Span<int> heads =
            [
                (control.Owners & VrangeOwners.Files) != 0 ? _ends[OfFiles].Oldest : None,
                (control.Owners & VrangeOwners.Tasks) != 0 ? _ends[OfTasks].Oldest : None,
                (control.Owners & VrangeOwners.Tasks) != 0 && !control.Spares ? _ends[Spared].Oldest : None,
            ];
            int slot = TakeOldest(heads);
            if (slot != None && this[slot].Sequence <= youngest)
            {
                owner = _owners[this[slot].Owner];
                victim = new VrangeRef(slot, this[slot].Generation);
                return true;
            }
        }

        victim = default;
        owner = null;
        return false;
    }
}
