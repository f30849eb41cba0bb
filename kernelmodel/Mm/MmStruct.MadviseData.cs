namespace KernelModel.Mm;

// The advice that touches pages rather than flags. R52: a pinned area refuses what a locked one refuses.
internal sealed partial class MmStruct
{
    private const VmFlags Unreclaimable = VmFlags.Locked | VmFlags.Pinned | VmFlags.PfnMap | VmFlags.HugeTlb;

    private static int AdviseRemove(VmArea vma, ulong start, ulong end)
    {
        if ((vma.Flags & (VmFlags.Locked | VmFlags.Pinned)) != 0 || vma.File is not { } file)
            return -Errno.EINVAL;
        if ((vma.Flags & (VmFlags.Shared | VmFlags.MayWrite)) != (VmFlags.Shared | VmFlags.MayWrite))
            return -Errno.EACCES;
        if (vma.IsHuge)
            vma.Mm.PunchHuge(vma, start, end);
        else
            file.Mapping.Punch(vma.IndexOf(start), vma.IndexOf(end - Page));
        return 0;
    }

    /// <summary>mm/madvise.c: madvise_willneed. Slots are read into the swap cache; entries stay as they are.</summary>
    private void AdviseWillNeed(VmArea vma, ulong start, ulong end)
    {
        if (vma.File is { } file)
        {
            file.Mapping.ReadAhead(vma.IndexOf(start), vma.IndexOf(end - Page));
            return;
        }

        ulong address = start;
        while (PageTable.Next(ref address, end, out ulong pte))
        {
            if (Pte.IsSwap(pte) && _kernel.SwapCache.ReadIntoCache(Pte.Slot(pte)) == 0)
                return;
            address += Page;
        }

        _kernel.Lru.AddDrain();
    }

    /// <summary>mm/madvise.c: madvise_cold_or_pageout_pte_range. Pages that others map too are left alone.</summary>
    private int AdviseReclaim(VmArea vma, ulong start, ulong end, bool pageOut)
    {
        if ((vma.Flags & Unreclaimable) != 0)
            return -Errno.EINVAL;
        _kernel.Lru.AddDrain();
        List<int>? victims = null;
        ulong address = start;
        while (PageTable.Next(ref address, end, out ulong pte))
        {
            int pfn = Pte.IsPresent(pte) ? Pte.Pfn(pte) : MemMap.ZeroPage;
            if (pfn != MemMap.ZeroPage && _kernel.Pages[pfn].MapCount == 1)
            {
                PageTable.Set(address, pte & ~Pte.Young);
                if (!pageOut)
                    _kernel.Vmscan.Deactivate(pfn);
                else if (vma.File is not { Writable: true } || !_kernel.Vmscan.PurgeFilePage(pfn))
                    (victims ??= []).Add(pfn);
            }

            address += Page;
        }

        if (victims is not null)
            _kernel.Vmscan.ReclaimPages(victims);
        return 0;
    }

    /// <summary>mm/madvise.c: madvise_dontneed_free.</summary>
    private int AdviseDiscard(VmArea vma, ulong start, ulong end, Madv advice)
    {
        if (vma.IsHuge)
        {
            if (advice == Madv.Free || (start & ~HugeSize.Mask) != 0)
                return -Errno.EINVAL;

            // mm/madvise.c: madvise_dontneed_free_valid_vma. Who does not know of huge pages keeps the data of the last one.
            end &= HugeSize.Mask;
            if (start < end)
                ZapHuge(vma, start, end);
            return 0;
        }

        VmFlags forbidden = VmFlags.PfnMap | VmFlags.Pinned | (advice == Madv.DontNeedLocked ? VmFlags.None : VmFlags.Locked);
        if ((vma.Flags & forbidden) != 0)
            return -Errno.EINVAL;
        if (advice != Madv.Free)
        {
            ZapRange(vma, start, end, ZapMode.Everything);
            return 0;
        }

        if (!vma.IsAnonymous)
            return -Errno.EINVAL;
        _kernel.Lru.AddDrain();
        ulong address = start;
        while (PageTable.Next(ref address, end, out ulong pte))
        {
            if (Pte.IsSwap(pte))
                ZapSwap(address, pte);
            else if (Pte.IsPresent(pte) && Pte.Pfn(pte) != MemMap.ZeroPage)
                FreeLazily(address, pte);
            address += Page;
        }

        return 0;
    }

    /// <summary>mm/madvise.c: madvise_free_pte_range.</summary>
    private void FreeLazily(ulong address, ulong pte)
    {
        int pfn = Pte.Pfn(pte);
        ref Page page = ref _kernel.Pages[pfn];
        if (page.Has(PageFlags.SwapCache | PageFlags.Dirty))
        {
            if (page.MapCount != 1 || (page.Has(PageFlags.SwapCache) && !_kernel.SwapCache.TryFree(pfn)))
                return;
            _kernel.ClearDirty(pfn);
        }

        PageTable.Set(address, Pte.MakeFreed(pte));
        _kernel.Lru.MarkLazyFree(pfn);
    }

    /// <summary>mm/madvise.c: madvise_guard_install, madvise_guard_remove.</summary>
    private int AdviseGuard(VmArea vma, ulong start, ulong end, bool install)
    {
        VmFlags disallowed = VmFlags.Special | VmFlags.HugeTlb | (install ? VmFlags.Locked | VmFlags.Pinned : VmFlags.None);
        if ((vma.Flags & disallowed) != 0)
            return -Errno.EINVAL;
        if (!install)
        {
            ulong address = start;
            while (PageTable.Next(ref address, end, out ulong pte))
            {
                if (Pte.IsGuard(pte))
                    PageTable.Set(address, Pte.TakeGuardAway(pte));
                address += Page;
            }

            return 0;
        }

        // With markers the page table is not empty any more, and fork has to copy it: by the anon_vma of anonymous
        // memory, by the flag of any other.
        if (vma.IsAnonymous)
            Vmas.PrepareAnonVma(vma);
        vma.Flags |= VmFlags.MaybeGuard;
        ZapRange(vma, start, end, ZapMode.Everything);
        for (ulong address = start; address < end; address += Page)
            PageTable.Set(address, Pte.MakeGuard(PageTable.Get(address)));
        return 0;
    }

    /// <summary>S4: MADV_USERFAULT and MADV_NOUSERFAULT (R60).</summary>
    private int AdviseUserFault(VmArea vma, ulong start, ulong end, bool on)
    {
        if (!vma.IsAnonymous || vma.IsSpecial)
            return -Errno.EINVAL;
        if (vma.Userfault is { IsAdvice: false })
            return -Errno.EBUSY;
        VmFlags flags = on ? vma.Flags | VmFlags.UserFault : vma.Flags & ~VmFlags.UserFault;
        if (flags == vma.Flags)
            return 0;
        int result = Vmas.Modify(ref vma, start, end, flags, on ? Advice : null);
        return result == -Errno.ENOMEM ? -Errno.EAGAIN : result;
    }
}
