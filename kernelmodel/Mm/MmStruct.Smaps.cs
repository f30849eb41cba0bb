using KernelModel.Mapping;

namespace KernelModel.Mm;

internal sealed partial class MmStruct
{
    private const int PssShift = 12;

    /// <summary>Adds up what smaps shows of a VMA (fs/proc/task_mmu.c: smap_gather_stats), by a walk of the page table.</summary>
    public void AddUsage(VmArea vma, ref VmaUsage usage)
    {
        if (vma.IsHuge)
        {
            AddHuge(vma, ref usage);
            return;
        }

        vma.File?.Mapping.CatchUp();
        bool lookInHoles = false;
        if (vma.File?.Mapping is ShmemFile file)
        {
            long swapped = (long)file.CountSwapped(vma.PageOffset, vma.PageOffset + vma.Pages - 1) << PageSize.Shift;

            // A private writable mapping may have copies, which the object's swapped pages say nothing about.
            if (swapped == 0 || (vma.Flags & VmFlags.Shared) != 0 || (vma.Flags & VmFlags.Write) == 0)
                usage.Swap += swapped;
            else
                lookInHoles = true;
        }

        ulong address = vma.Start;
        ulong seen = vma.Start;
        while (PageTable.Next(ref address, vma.End, out ulong pte))
        {
            if (lookInHoles)
                AddSwappedHoles(vma, seen, address, ref usage);
            if (Pte.IsPresent(pte))
                AddPresent(vma, pte, ref usage);
            else if (Pte.IsSwap(pte))
                AddSwapped(pte, ref usage);
            else if (Pte.HasRecord(pte))
                usage.PurgedPages++;
            address += Page;
            seen = address;
        }

        if (lookInHoles)
            AddSwappedHoles(vma, seen, vma.End, ref usage);
        usage.VolatilePages += CountVolatile(vma);
    }

    /// <summary>The same for one VMA alone; Locked is its Pss when it is locked.</summary>
    public VmaUsage UsageOf(VmArea vma)
    {
        VmaUsage usage = default;
        AddUsage(vma, ref usage);
        if ((vma.Flags & VmFlags.Locked) != 0)
            usage.LockedFixed = usage.PssFixed;
        return usage;
    }

    /// <summary>What pagemap shows of the page at an address; nothing where nothing is mapped.</summary>
    public PageView ViewOf(ulong address)
    {
        ulong pte = PageTable.Get(address & PageMask);
        if (TryGetHuge(address, out HugePte huge))
        {
            ulong frame = huge.Page.Pfn + ((address >> PageSize.Shift) % HugeSize.Frames);
            return new PageView(true, false, huge.Page.Cache is not null, false, huge.Page.MapCount == 1, frame);
        }

        // fs/proc/task_mmu.c: pte_to_pagemap_entry, for a page without a struct page.
        if (pte == Pte.None && Lookup(address) is { Device: { } device } vma)
            return new PageView(true, false, false, false, false, device.PfnAt(vma.IndexOf(address)));
        if (Pte.IsPresent(pte))
        {
            int pfn = Pte.Pfn(pte);
            if (pfn == MemMap.ZeroPage)
                return new PageView(true, false, false, false, false, 0);
            ref Page page = ref _kernel.Pages[pfn];
            return new PageView(true, false, !page.Has(PageFlags.Anon), false, page.MapCount == 1, (ulong)pfn);
        }

        if (Pte.IsSwap(pte))
            return new PageView(false, true, false, false, false, (ulong)Pte.Slot(pte));
        return Pte.IsGuard(pte) ? new PageView(false, true, false, true, false, 0) : default;
    }

    /// <summary>fs/proc/task_mmu.c: smaps_hugetlb_range.</summary>
    private void AddHuge(VmArea vma, ref VmaUsage usage)
    {
        foreach (ulong key in HugeKeysIn(vma.Start, vma.End))
        {
            if (_huge![key].Page.MapCount > 1)
                usage.SharedHugetlb += (long)HugeSize.Bytes;
            else
                usage.PrivateHugetlb += (long)HugeSize.Bytes;
        }
    }

    private void AddPresent(VmArea vma, ulong pte, ref VmaUsage usage)
    {
        int pfn = Pte.Pfn(pte);
        if (pfn == MemMap.ZeroPage)
            return;
        ref Page page = ref _kernel.Pages[pfn];
        const long Size = PageSize.Bytes;
        bool dirty = Pte.IsDirty(pte) || page.Has(PageFlags.Dirty);
        bool young = (pte & Pte.Young) != 0 || page.Has(PageFlags.Referenced);
        bool shared = page.MapCount > 1;
        usage.Rss += Size;
        if (young)
            usage.Referenced += Size;
        if (page.Has(PageFlags.Anon))
        {
            usage.Anonymous += Size;
            if (!page.Has(PageFlags.SwapBacked) && !dirty)
                usage.LazyFree += Size;
        }

        if (shared && dirty)
            usage.SharedDirty += Size;
        else if (shared)
            usage.SharedClean += Size;
        else if (dirty)
            usage.PrivateDirty += Size;
        else
            usage.PrivateClean += Size;

        long pss = (Size << PssShift) / Math.Max(1, page.MapCount);
        usage.PssFixed += pss;
        if (dirty)
            usage.PssDirtyFixed += pss;
        if (page.Has(PageFlags.Anon))
            usage.PssAnonFixed += pss;
        else if (page.Has(PageFlags.SwapBacked))
            usage.PssShmemFixed += pss;
        else
            usage.PssFileFixed += pss;
    }

    private void AddSwapped(ulong pte, ref VmaUsage usage)
    {
        usage.Swap += PageSize.Bytes;
        usage.SwapPssFixed += ((long)PageSize.Bytes << PssShift) / Math.Max(1, _kernel.Swap!.MapCount(Pte.Slot(pte)));
    }

    private static void AddSwappedHoles(VmArea vma, ulong start, ulong end, ref VmaUsage usage)
    {
        if (start < end)
            usage.Swap += (long)((ShmemFile)vma.File!.Mapping).CountSwapped(vma.IndexOf(start), vma.IndexOf(end - Page)) << PageSize.Shift;
    }
}
