using KernelModel.Mapping;
using KernelModel.Vrange;

namespace KernelModel.Mm;

internal sealed partial class MmStruct : IVrangeOwner
{
    /// <inheritdoc/>
    public VrangeOwners Kind => VrangeOwners.Tasks;

    /// <inheritdoc/>
    public long Purge(VrangeRef victim, in ScanControl control)
    {
        lock (_kernel.SyncRoot)
        {
            if (_ranges is null || !_ranges.TryTakeVictim(victim, control.ToReclaim, out VrangeEntry range, out long wanted))
                return 0;
            ulong end = (range.Last + 1) << PageSize.Shift;
            PurgeWalk walk = PurgeRange(range.First << PageSize.Shift, end, wanted);
            _ranges.PutVictim(victim, hasMore: walk.Next < end);
            _kernel.Ranges.CountDiscarded(walk.Freed, control.Direct);
            return walk.Freed;
        }
    }

    /// <summary>Purges volatile anonymous pages, in memory and in swap, from the start of a range on.</summary>
    internal PurgeWalk PurgeRange(ulong start, ulong end, long wanted)
    {
        long freed = 0;
        long spared = 0;
        ulong address = start;
        while (freed < wanted && PageTable.NextPage(ref address, end, out ulong pte))
        {
            if (Pte.IsPresent(pte)
                ? _kernel.Vmscan.PurgeIfVolatile(Pte.Pfn(pte))
                : Lookup(address) is { } vma && _kernel.Vmscan.PurgeSwapped(vma, address, Pte.Slot(pte)))
                freed++;
            else if (!Pte.IsZeroPage(pte))
                spared++;
            address += Page;
        }

        return new PurgeWalk(freed, spared, PageTable.NextPage(ref address, end, out _) ? address : end);
    }

    /// <summary>A page has come to be in an area: where it is volatile it can be purged.</summary>
    internal void NotePage(VmArea vma, ulong address)
    {
        if ((vma.Flags & VmFlags.Volatile) != 0)
            _kernel.VolatileAreas.Add(vma, address);
        _ranges?.NotePage(address >> PageSize.Shift);
    }

    /// <summary>The page at an address was purged: every record that covers it is told.</summary>
    internal void MarkPurged(VmArea vma, ulong address)
    {
        ulong marker = ((vma.Flags & VmFlags.Volatile) != 0 ? Pte.PurgedForArea : 0) | (IsInRange(address) ? Pte.PurgedForRange : 0);
        SetPurged(address, PageTable.Get(address), marker);

        // A purge is recorded in every record: the range learns of one that came through the LRU.
        if (IsInRange(address))
            _ranges!.SetPurgedAt(address >> PageSize.Shift);
    }

    /// <summary>Adds the frames of volatile anonymous pages that are in memory.</summary>
    internal void CollectVolatile(HashSet<int> into)
    {
        if (_ranges is not { Count: > 0 } && Vmas.VolatileVm == 0)
            return;
        foreach (VmArea vma in Areas)
        {
            ulong address = vma.Start;
            while (PageTable.Next(ref address, vma.End, out ulong pte))
            {
                int pfn = Pte.IsPresent(pte) ? Pte.Pfn(pte) : MemMap.ZeroPage;
                if (pfn != MemMap.ZeroPage && _kernel.Pages[pfn].Has(PageFlags.Anon) && IsVolatile(vma, address))
                    into.Add(pfn);
                address += Page;
            }
        }
    }
}
