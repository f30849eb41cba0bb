using KernelModel.Mapping;
using KernelModel.Ranges;

namespace KernelModel.Mm;

// The counters that follow from the areas and their flags. Guarded by the model's lock.
internal sealed partial class VmaTree
{
    /// <summary>Pages mapped (VmSize).</summary>
    public long TotalVm { get; private set; }

    /// <summary>Pages of VM_LOCKED areas that are not pinned (VmLck, R50).</summary>
    public long LockedVm { get; private set; }

    /// <summary>Of <see cref="LockedVm"/>, pages that no area stands for any more (see CompleteDontUnmap).</summary>
    public long StrayLockedVm { get; private set; }

    /// <summary>Pages of VM_PINNED areas (VmPin, R50).</summary>
    public long PinnedVm { get; private set; }

    /// <summary>Pages of private writable areas (VmData).</summary>
    public long DataVm { get; private set; }

    /// <summary>Pages of executable areas that cannot be written (VmExe and VmLib together).</summary>
    public long ExecVm { get; private set; }

    /// <summary>Pages of areas that grow down (VmStk).</summary>
    public long StackVm { get; private set; }

    /// <summary>Pages of the commit charge that VM_ACCOUNT areas hold.</summary>
    public long CommittedPages { get; private set; }

    /// <summary>Pages of VM_VOLATILE areas.</summary>
    public long VolatileVm { get; private set; }

    /// <summary>The largest <see cref="TotalVm"/> ever (VmPeak).</summary>
    public long PeakVm { get; private set; }

    /// <summary>Counts pages of an area that comes, grows, shrinks or goes, in every sum that its flags name.</summary>
    public void Account(VmFlags flags, long pages)
    {
        AccountKind(flags, pages);
        AccountLocked(flags, pages);
        if ((flags & VmFlags.Account) != 0)
            CommittedPages += pages;
        if ((flags & VmFlags.Volatile) != 0)
            VolatileVm += pages;
    }

    /// <summary>Pages get or lose VM_VOLATILE.</summary>
    public void AccountVolatile(long pages) => VolatileVm += pages;

    /// <summary>mm/mmap.c: vm_stat_account.</summary>
    public void AccountKind(VmFlags flags, long pages)
    {
        TotalVm += pages;
        PeakVm = Math.Max(PeakVm, TotalVm);
        if ((flags & (VmFlags.Exec | VmFlags.Write | VmFlags.GrowsDown)) == VmFlags.Exec)
            ExecVm += pages;
        else if ((flags & VmFlags.GrowsDown) != 0)
            StackVm += pages;
        else if ((flags & (VmFlags.Write | VmFlags.Shared)) == VmFlags.Write)
            DataVm += pages;
    }

    /// <summary>R50: a page counts once, as pinned before locked.</summary>
    public void AccountLocked(VmFlags flags, long pages)
    {
        if ((flags & VmFlags.Pinned) != 0)
            PinnedVm += pages;
        else if ((flags & VmFlags.Locked) != 0)
            LockedVm += pages;
    }

    /// <summary>Changes the commit charge alone (mm/mprotect.c: mprotect_fixup).</summary>
    public void Charge(long pages) => CommittedPages += pages;

    /// <summary>Pages of <see cref="LockedVm"/> lose the area they were counted for.</summary>
    public void Stray(long pages) => StrayLockedVm += pages;

    /// <summary>Pages of start..end that are mapped.</summary>
    public long CountMapped(ulong start, ulong end)
    {
        long pages = 0;
        foreach (RangeTree<VmArea>.Entry entry in _areas.From(start))
        {
            if (entry.First >= end)
                break;
            pages += (long)((Math.Min(end, entry.Last + 1) - Math.Max(start, entry.First)) >> PageSize.Shift);
        }

        return pages;
    }

    /// <summary>mm/mlock.c: count_mm_mlocked_page_nr.</summary>
    public ulong CountLocked(ulong start, ulong end)
    {
        ulong pages = 0;
        foreach (RangeTree<VmArea>.Entry entry in _areas.From(start))
        {
            if (entry.First >= end)
                break;
            if ((entry.Value.Flags & VmFlags.Locked) != 0)
                pages += (Math.Min(end, entry.Last + 1) - Math.Max(start, entry.First)) >> PageSize.Shift;
        }

        return pages;
    }
}
