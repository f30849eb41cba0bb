using KernelModel.Mapping;
using KernelModel.Reclaim;

namespace KernelModel.Mm;

internal sealed partial class MmStruct
{
    /// <summary>mm/memory.c: do_wp_page. A store to a page that is mapped without the right to write.</summary>
    private FaultResult WriteProtected(VmArea vma, ulong address, ulong pte)
    {
        int pfn = Pte.Pfn(pte);
        if ((vma.Flags & (VmFlags.Shared | VmFlags.MayShare)) != 0)
        {
            PageTable.Set(address, pte | Pte.Writable | Pte.Dirty | Pte.Young);
            _kernel.SetDirty(pfn);
            return FaultResult.Ok;
        }

        if (pfn != MemMap.ZeroPage && CanReuseAnon(pfn))
        {
            // mm/rmap.c: folio_move_anon_rmap.
            ref Page page = ref _kernel.Pages[pfn];
            page.Flags |= PageFlags.AnonExclusive;
            page.Mapping = vma.AnonVma!.Id;
            PageTable.Set(address, pte | WritableBit(vma) | Pte.Dirty | Pte.Young);
            _kernel.Stat.Add(VmStatItem.PgReuse, 1);
            return FaultResult.Ok;
        }

        return CopyOnWrite(vma, address, pfn);
    }

    /// <summary>Whether a private mapping of a file has a page of its own at an address, in memory or in swap.</summary>
    internal bool HasCopy(ulong address)
    {
        ulong pte = PageTable.Get(address);
        return Pte.IsSwap(pte) || (Pte.IsPresent(pte) && _kernel.Pages[Pte.Pfn(pte)].Has(PageFlags.Anon));
    }

    /// <summary>mm/memory.c: wp_can_reuse_anon_folio. Nobody else refers to the page, the swap cache included.</summary>
    private bool CanReuseAnon(int pfn)
    {
        ref Page page = ref _kernel.Pages[pfn];
        if (!page.Has(PageFlags.Anon))
            return false;
        if (page.Has(PageFlags.AnonExclusive))
            return true;
        if (page.MapCount != 1)
            return false;
        return !page.Has(PageFlags.SwapCache) || _kernel.SwapCache.TryFree(pfn);
    }

    /// <summary>mm/memory.c: wp_page_copy.</summary>
    private FaultResult CopyOnWrite(VmArea vma, ulong address, int old)
    {
        Vmas.PrepareAnonVma(vma);

        // The allocation may reclaim, but not the page that is copied.
        _kernel.Pages[old].Flags |= PageFlags.Locked;
        int copy = _kernel.AllocPage();
        _kernel.Pages[old].Flags &= ~PageFlags.Locked;
        if (copy == 0)
            return FaultResult.OutOfMemory;
        _kernel.Pages.Copy(old, copy);
        _kernel.Rmap.Remove(vma, old);
        MapNewAnon(vma, address, copy, Pte.Make(copy, Pte.Dirty | WritableBit(vma)));
        if (old != MemMap.ZeroPage)
            _kernel.PutPage(old);
        return FaultResult.Ok;
    }

    /// <summary>
    /// mm/memory.c: wp_page_copy without a struct page. The driver mapped every page when the area was made; a store to a
    /// private one makes it memory of the task.
    /// </summary>
    private unsafe FaultResult CopyFromDevice(VmArea vma, ulong address, DeviceMemory device)
    {
        Vmas.PrepareAnonVma(vma);
        int copy = _kernel.AllocPage();
        if (copy == 0)
            return FaultResult.OutOfMemory;
        nint frame = device.FrameAt(vma.IndexOf(address), write: false);
        if (frame != 0)
            Buffer.MemoryCopy((void*)frame, _kernel.Pages.BytesForWrite(copy), PageSize.Bytes, PageSize.Bytes);
        MapNewAnon(vma, address, copy, Pte.Make(copy, Pte.Dirty | WritableBit(vma)));
        return FaultResult.Ok;
    }

    /// <summary>mm/memory.c: do_swap_page.</summary>
    private FaultResult SwapIn(VmArea vma, ulong address, ulong pte, bool write)
    {
        int slot = Pte.Slot(pte);
        SwapDevice swap = _kernel.Swap!;
        int pfn = swap.Cached(slot);
        bool fresh = false;
        if (pfn == 0)
        {
            // A synchronous device and the only reference: the swap cache is left out.
            fresh = swap.MapCount(slot) == 1;
            pfn = fresh ? _kernel.SwapCache.Read(slot) : _kernel.SwapCache.ReadIntoCache(slot);

            // To make room the entry itself may have been purged (R29).
            ulong now = PageTable.Get(address);
            if (now != pte)
            {
                if (pfn != 0)
                    _kernel.PutPage(pfn);
                return HandleFault(vma, address, now, write);
            }

            if (pfn == 0)
                return FaultResult.OutOfMemory;
            CountMajor();
        }

        bool exclusive = fresh || Pte.IsSwapExclusive(pte);
        _kernel.Pages[pfn].Flags |= PageFlags.Locked;
        PageTable.Set(address, Pte.None);
        SwapEntries--;
        swap.Release(slot);
        if (_kernel.Pages[pfn].Has(PageFlags.SwapCache) && ShouldFreeSwap(vma, pfn, write))
            _kernel.SwapCache.TryFree(pfn);

        ref Page page = ref _kernel.Pages[pfn];
        page.Flags &= ~PageFlags.Locked;
        ulong bits = 0;
        exclusive |= page.MapCount == 0 && !page.Has(PageFlags.SwapCache);
        if (exclusive && (vma.Flags & VmFlags.Write) != 0)
            bits = Pte.Writable | (write ? Pte.Dirty : 0);
        if (!page.Has(PageFlags.Anon))
        {
            MapNewAnonFromSwap(vma, address, pfn, exclusive);
        }
        else
        {
            _kernel.Rmap.Add(vma, pfn);
        }

        page.Flags = exclusive ? page.Flags | PageFlags.AnonExclusive : page.Flags & ~PageFlags.AnonExclusive;
        ulong mapped = Pte.Make(pfn, bits);
        PageTable.Set(address, mapped);
        return write && !Pte.IsWritable(mapped) && (vma.Flags & VmFlags.Write) != 0
            ? WriteProtected(vma, address, mapped)
            : FaultResult.Ok;
    }

    private void MapNewAnonFromSwap(VmArea vma, ulong address, int pfn, bool exclusive)
    {
        ref Page page = ref _kernel.Pages[pfn];
        page.Flags |= PageFlags.Anon | PageFlags.SwapBacked;

        // mm/rmap.c: __folio_set_anon. What others may map too must stay findable when this VMA is gone.
        page.Mapping = exclusive ? vma.AnonVma!.Id : vma.AnonVma!.Root.Id;
        page.Index = vma.IndexOf(address);
        _kernel.Rmap.Add(vma, pfn);
        if (!page.Has(PageFlags.Lru))
            _kernel.Lru.Add(pfn);
    }

    /// <summary>mm/memory.c: should_try_to_free_swap.</summary>
    private bool ShouldFreeSwap(VmArea vma, int pfn, bool write)
    {
        ref Page page = ref _kernel.Pages[pfn];
        bool full = _kernel.Swap!.UsedSlots * 2 > _kernel.Swap.TotalSlots;
        return full || (vma.Flags & VmFlags.Locked) != 0 || page.MlockCount > 0 || (write && page.MapCount == 0);
    }

    /// <summary>mm/vma.c: expand_downwards, on a fault below an area that grows down.</summary>
    private VmArea? ExpandStack(ulong address)
    {
        if (Find(address) is not { } vma || (vma.Flags & VmFlags.GrowsDown) == 0 || address < MmapMinAddress)
            return null;
        ulong start = address & PageMask;
        const VmFlags Accessible = VmFlags.Access;
        if (Vmas.PrevOf(vma) is { } prev && (prev.Flags & VmFlags.GrowsDown) == 0 && (prev.Flags & Accessible) != 0
            && start - prev.End < StackGuardGap)
            return null;
        long pages = (long)((vma.Start - start) >> PageSize.Shift);
        if (!MayExpand(vma.Flags, pages) || vma.End - start > Owner.Limits.Stack || !LockFutureOk(vma.Flags, vma.Start - start))
            return null;
        EndMarks(start, vma.Start);
        Vmas.Account(vma.Flags, pages);
        Vmas.SetRange(vma, start, vma.End, vma.PageOffset - (ulong)pages);
        return vma;
    }
}
