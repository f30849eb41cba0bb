using KernelModel.Vrange;

namespace KernelModel.Mm;

// A file of the model takes part in purges as the tasks that map it do: its pages fill the same memory (R16).
internal abstract partial class PageCache : IVrangeOwner
{
    private VrangeRoot? _ranges; // the model's lock

    internal VrangeRoot? Ranges => _ranges;

    /// <inheritdoc/>
    public VrangeOwners Kind => VrangeOwners.Tasks;

    /// <summary>Marks pages of the file (R20).</summary>
    internal virtual void Mark(ulong first, ulong last, VrangeBehavior behavior)
        => (_ranges ??= new VrangeRoot(Kernel.Ranges, this)).Mark(first, last, behavior);

    /// <summary>Takes pages of the file back without a report, which <see cref="Unmark"/> gives: then nobody has to wait any more.</summary>
    /// <returns>What has to be waited for before, or null.</returns>
    internal virtual PurgeWait? TakeBack(ulong first, ulong last) => null;

    /// <summary>Takes pages of the file back.</summary>
    /// <returns>Whether anything that was taken away had been purged.</returns>
    internal virtual bool Unmark(ulong first, ulong last) => _ranges is not null && _ranges.Unmark(first, last, report: true);

    /// <summary>What there is to list, ascending and disjoint.</summary>
    internal virtual void ListRanges(ulong first, ulong last, List<VrangeEntry> into) => _ranges?.List(first, last, into);

    /// <inheritdoc/>
    public long Purge(VrangeRef victim, in ScanControl control)
    {
        lock (Kernel.SyncRoot)
        {
            if (_ranges is null || !_ranges.TryTakeVictim(victim, control.ToReclaim, out VrangeEntry range, out long wanted))
                return 0;
            long freed = PunchVolatile(range, wanted, control.TakesShown, out bool hasMore);
            _ranges.PutVictim(victim, hasMore);
            Kernel.Ranges.CountDiscarded(freed, control.Direct);
            return freed;
        }
    }

    /// <summary>R28, R33: a page that reclaim meets is purged if it is volatile, instead of being swapped.</summary>
    /// <returns>Whether it was, and is free.</returns>
    internal virtual bool PurgePage(ulong index)
    {
        if (_ranges is null || !_ranges.IsVolatile(index, index) || !MayPurge(index, takesShown: false))
            return false;
        _ranges.SetPurgedAt(index);
        Punch(index, index);
        Kernel.Ranges.CountDiscarded(1, direct: false);
        return true;
    }

    private long PunchVolatile(VrangeEntry range, long wanted, bool takesShown, out bool hasMore)
    {
        List<ulong> doomed = [];
        foreach ((ulong index, _) in EntriesIn(range.First, range.Last))
        {
            if (MayPurge(index, takesShown))
                doomed.Add(index);
        }

        int freed = (int)Math.Min(wanted, doomed.Count);
        hasMore = freed < doomed.Count;
        foreach (ulong index in doomed.GetRange(0, freed))
            Punch(index, index);
        return freed;
    }

    // R13: a page that a task has locked stays; one that a private mapping shows and has not copied goes last.
    private protected bool MayPurge(ulong index, bool takesShown)
    {
        int pfn = Find(index);
        if (pfn != 0 && (Kernel.Pages[pfn].MlockCount > 0 || Kernel.Pages[pfn].Has(PageFlags.Locked)))
            return false;
        foreach (VmArea vma in Mappers.Touching(index, index))
        {
            // The VMA decides, whether or not it has the page in its table by now.
            bool isPrivate = (vma.Flags & VmFlags.MayShare) == 0;
            if (isPrivate && vma.Mm.HasCopy(vma.Start + ((index - vma.PageOffset) << Mapping.PageSize.Shift)))
                continue;
            if (vma.IsUnevictable || (isPrivate && !takesShown))
                return false;
        }

        return true;
    }
}
