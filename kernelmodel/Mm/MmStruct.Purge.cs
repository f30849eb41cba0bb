using KernelModel.Mapping;
using KernelModel.Vrange;

namespace KernelModel.Mm;

public sealed partial class MmStruct : IVrangeOwner
{
    // R8: a PARTIAL range gives at least this many pages at a time.
    private const long PartialBatch = 32;

    /// <inheritdoc/>
    public VrangeOwners Kind => VrangeOwners.Tasks;

    /// <inheritdoc/>
    public long Purge(VrangeRef victim, in ScanControl control)
    {
        lock (_kernel.SyncRoot)
        {
            if (_ranges is null || !_ranges.TryGet(victim, out VrangeEntry range, out VrangeBehavior behavior))
                return 0;

            // R6: before anything is looked at.
            _ranges.SetPurged(victim);
            long wanted = behavior == VrangeBehavior.Full ? long.MaxValue
                : (Math.Min(control.ToReclaim, long.MaxValue / 2) + PartialBatch - 1) / PartialBatch * PartialBatch;
            ulong end = (range.Last + 1) << PageSize.Shift;
            PurgeWalk walk = PurgeRange(range.First << PageSize.Shift, end, wanted);
            if (walk.Next >= end)
                _ranges.MoveToYoungEnd(victim);
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
            if (Pte.IsPresent(pte) ? _kernel.Vmscan.PurgeIfVolatile(Pte.Pfn(pte)) : PurgeSwapped(address, pte))
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

    /// <summary>R29: the slot of a volatile page is freed without I/O. One that others refer to stays.</summary>
    private bool PurgeSwapped(ulong address, ulong pte)
    {
        int slot = Pte.Slot(pte);
        if (Lookup(address) is not { } vma || vma.IsUnevictable || !IsVolatile(vma, address) || _kernel.Swap!.MapCount(slot) != 1
            || (_kernel.Swap.Cached(slot) is var cached && cached != 0 && _kernel.Pages[cached].Has(PageFlags.Locked)))
            return false;
        PageTable.Set(address, Pte.None);
        SwapEntries--;
        _kernel.SwapCache.Free(slot);
        MarkPurged(vma, address);
        return true;
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
