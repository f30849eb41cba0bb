using KernelModel.Mapping;
using KernelModel.Views;

namespace KernelModel.Mm;

// What /proc shows of an address space, as values that outlive the lock.
internal sealed partial class MmStruct
{
    /// <summary>A VMA as maps has it (fs/proc/task_mmu.c: show_map_vma), and what it uses if that is asked for.</summary>
    public AreaView ViewOf(VmArea vma, bool withUsage)
    {
        VmaUsage usage = withUsage ? UsageOf(vma) : default;
        if (vma.File is not { } file)
            return new AreaView(vma.Start, vma.End, vma.Flags, 0, 0, 0, 0, vma.Name, usage);
        ulong offset = vma.PageOffset << PageSize.Shift;
        return new AreaView(
            vma.Start, vma.End, vma.Flags, offset, file.Device.Major, file.Device.Minor, file.Inode, file.Name, usage);
    }

    /// <summary>What pagemap shows of the pages from an address on.</summary>
    public void ReadPages(ulong address, Span<PageView> into)
    {
        into.Clear();
        ulong end = address + ((ulong)into.Length << PageSize.Shift);
        for (VmArea? vma = FirstIn(address, end); vma is not null; vma = FirstIn(vma.End, end))
        {
            vma.File?.Mapping.CatchUp();
            for (ulong at = Math.Max(address, vma.Start); at < Math.Min(end, vma.End); at += Page)
                into[(int)((at - address) >> PageSize.Shift)] = ViewOf(at);
        }
    }

    /// <summary>What all VMAs add up to.</summary>
    public MemoryView GetView() => new()
    {
        PeakVm = PeakVm,
        TotalVm = TotalVm,
        LockedVm = LockedVm,
        PinnedVm = PinnedVm,
        PeakRss = PeakRss,
        AnonRss = AnonRss,
        FileRss = FileRss,
        ShmemRss = ShmemRss,
        DataVm = DataVm,
        StackVm = StackVm,
        ExecVm = ExecVm,
        PageTables = PageTable.Pages,
        Swap = SwapEntries,
        Hugetlb = HugetlbPages,
        HeapStart = HeapStart,
    };

    /// <summary>fs/proc/task_mmu.c: clear_refs_pte_range. Pages without a struct page are left alone, huge ones too.</summary>
    public void ClearReferences(VmArea vma)
    {
        if ((vma.Flags & VmFlags.PfnMap) != 0)
            return;
        ulong address = vma.Start;
        while (PageTable.NextPage(ref address, vma.End, out ulong pte))
        {
            if (Pte.IsPresent(pte) && Pte.Pfn(pte) != MemMap.ZeroPage)
            {
                PageTable.Set(address, pte & ~Pte.Young);
                _kernel.Pages[Pte.Pfn(pte)].Flags &= ~PageFlags.Referenced;
            }

            address += Page;
        }
    }

    /// <summary>The peak of the resident set is what is resident now (include/linux/mm.h: reset_mm_hiwater_rss).</summary>
    public void ResetPeakRss() => PeakRss = Rss;
}
