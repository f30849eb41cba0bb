using KernelModel.Mapping;
using KernelModel.Reclaim;

namespace KernelModel.Mm;

internal sealed partial class MmStruct
{
    private const ulong FaultAroundPages = 16;

    /// <summary>Makes one page accessible (linux: handle_mm_fault with the checks of the trap handler).</summary>
    /// <param name="address">Any byte of the page.</param>
    /// <param name="write">Whether the access is a store.</param>
    /// <param name="force">Whether the protection is not asked (FOLL_FORCE).</param>
    internal FaultResult Fault(ulong address, bool write, bool force = false)
    {
        VmArea? vma = Lookup(address);
        if (vma is null)
        {
            vma = ExpandStack(address);
            if (vma is null)
                return FaultResult.NotMapped;
        }

        if (force ? !MayForce(vma, write) : (vma.Flags & (write ? VmFlags.Write : VmFlags.Access)) == 0)
            return FaultResult.NotAllowed;
        if (vma.IsHuge)
            return HugeFault(vma, address, write);

        vma.File?.Mapping.CatchUp();
        address &= PageMask;
        ulong pte = PageTable.Get(address);
        if (vma.Device is not null && pte == Pte.None && (!write || (vma.Flags & VmFlags.Shared) != 0))
            return FaultResult.Ok;
        if (Pte.IsPresent(pte) && (!write || Pte.IsWritable(pte)))
        {
            // The processor's work: no fault.
            ulong touched = pte | Pte.Young | (write ? Pte.Dirty : 0);
            if (touched != pte)
                PageTable.Set(address, touched);
            return FaultResult.Ok;
        }

        _kernel.Stat.Add(VmStatItem.PgFault, 1);
        Owner.MinorFaults++;
        if (pte == Pte.None && !PageTable.HasTable(address) && !_kernel.MakeRoom())
            return FaultResult.OutOfMemory;
        return HandleFault(vma, address, pte, write);
    }

    /// <summary>
    /// mm/gup.c: check_vma_flags with FOLL_FORCE. A store that is forced makes a copy, so it needs an area that can have copies.
    /// </summary>
    private static bool MayForce(VmArea vma, bool write)
    {
        if ((vma.Flags & (VmFlags.Io | VmFlags.PfnMap)) != 0)
            return false;
        return write
            ? (vma.Flags & VmFlags.Write) != 0 || (vma.IsCow && !vma.IsHuge)
            : (vma.Flags & (VmFlags.Read | VmFlags.MayRead)) != 0;
    }

    private FaultResult HandleFault(VmArea vma, ulong address, ulong pte, bool write)
    {
        if (Pte.IsPresent(pte))
            return WriteProtected(vma, address, pte);
        if (Pte.IsSwap(pte))
            return SwapIn(vma, address, pte, write);
        if (Pte.IsGuard(pte))
            return FaultResult.NotMapped;
        if (Pte.IsPurged(pte))
        {
            // R27: SIGBUS while volatile; a marker that outlived the volatility is a page of zeros.
            if (IsVolatile(vma, address))
                return FaultResult.Bus;
            SetPurged(address, pte, Pte.None);
        }

        if (vma.Device is not null)
            return CopyFromDevice(vma, address, vma.Device);
        return vma.File is null ? AnonymousFault(vma, address, write) : FileFault(vma, address, write);
    }

    /// <summary>mm/memory.c: do_anonymous_page.</summary>
    private FaultResult AnonymousFault(VmArea vma, ulong address, bool write)
    {
        if (!write && !_kernel.Options.ForbidsZeroPage)
        {
            if (vma.Userfault is { } watched)
                return Missing(watched);
            PageTable.Set(address, Pte.Make(MemMap.ZeroPage, 0));
            return FaultResult.Ok;
        }

        // The anon_vma comes before the user fault is noticed, and stays.
        Vmas.PrepareAnonVma(vma);
        if (vma.Userfault is { } context)
            return Missing(context);
        int pfn = _kernel.AllocPage();
        if (pfn == 0)
            return FaultResult.OutOfMemory;
        ulong dirty = write || (vma.Flags & VmFlags.Write) != 0 ? Pte.Dirty : 0;
        MapNewAnon(vma, address, pfn, Pte.Make(pfn, dirty | WritableBit(vma)));
        return FaultResult.Ok;
    }

    private static FaultResult Missing(UserfaultContext context) => context.IsAdvice ? FaultResult.UserFault : FaultResult.Bus;

    private static ulong WritableBit(VmArea vma) => (vma.Flags & VmFlags.Write) != 0 ? Pte.Writable : 0;

    /// <summary>Maps a page that belongs to nobody yet (linux: folio_add_new_anon_rmap, folio_add_lru_vma).</summary>
    private void MapNewAnon(VmArea vma, ulong address, int pfn, ulong pte)
    {
        ref Page page = ref _kernel.Pages[pfn];
        page.Flags |= PageFlags.Anon | PageFlags.AnonExclusive;
        if ((vma.Flags & VmFlags.Droppable) == 0)
            page.Flags |= PageFlags.SwapBacked;
        page.Mapping = vma.AnonVma!.Id;
        page.Index = vma.IndexOf(address);
        _kernel.Rmap.Add(vma, pfn);
        if (!page.Has(PageFlags.Lru))
            _kernel.Lru.Add(pfn);
        PageTable.Set(address, pte);
    }

    /// <summary>mm/memory.c: do_fault.</summary>
    private FaultResult FileFault(VmArea vma, ulong address, bool write)
    {
        bool cow = write && (vma.Flags & VmFlags.Shared) == 0;
        if (!write && FaultAround(vma, address))
            return FaultResult.Ok;
        if (cow)
            Vmas.PrepareAnonVma(vma);

        PageCache cache = vma.File!.Mapping;
        ulong index = vma.IndexOf(address);
        if (cache.IsBeyondEnd(index))
            return FaultResult.Bus;
        bool major = cache.Find(index) == 0 && (cache.FindSlot(index) != 0 || !cache.IsShmem);

        // mm/shmem.c: shmem_get_folio_gfp. Only a hole is a user fault.
        if (vma.Userfault is not null && cache.Find(index) == 0 && cache.FindSlot(index) == 0)
            return FaultResult.Bus;
        int copy = 0;
        if (cow && (copy = _kernel.AllocPage()) == 0)
            return FaultResult.OutOfMemory;
        int result = cache.GetPage(index, out int pfn);
        if (result < 0)
        {
            if (copy != 0)
                _kernel.PutPage(copy);
            return result == -Errno.ENOMEM ? FaultResult.OutOfMemory : FaultResult.Bus;
        }

        if (major)
            CountMajor();
        if (cow)
        {
            _kernel.Pages.Copy(pfn, copy);
            MapNewAnon(vma, address, copy, Pte.Make(copy, Pte.Dirty | WritableBit(vma)));
            return FaultResult.Ok;
        }

        MapFilePage(vma, address, pfn, write);

        // mm/memory.c: fault_dirty_shared_page.
        if (write)
            _kernel.SetDirty(pfn);
        return FaultResult.Ok;
    }

    private void MapFilePage(VmArea vma, ulong address, int pfn, bool write)
    {
        _kernel.Rmap.Add(vma, pfn);
        bool shared = (vma.Flags & VmFlags.Shared) != 0;

        // Without write notification (shmem) a shared page is mapped writable at once.
        ulong bits = write ? Pte.Dirty | Pte.Writable
            : shared && vma.File!.Mapping.IsShmem ? WritableBit(vma)
            : 0;
        PageTable.Set(address, Pte.Make(pfn, bits));
    }

    /// <summary>mm/memory.c: do_fault_around, mm/filemap.c: filemap_map_pages. Maps what is cached around the fault.</summary>
    private bool FaultAround(VmArea vma, ulong address)
    {
        ulong pteOffset = (address >> PageSize.Shift) & 511;
        ulong vmaOffset = (address - vma.Start) >> PageSize.Shift;
        ulong from = Math.Max(pteOffset & ~(FaultAroundPages - 1), pteOffset - Math.Min(pteOffset, vmaOffset));
        ulong to = Math.Min(Math.Min(from + FaultAroundPages, 512), pteOffset + vma.Pages - vmaOffset) - 1;
        ulong at = address - ((pteOffset - from) << PageSize.Shift);
        PageCache cache = vma.File!.Mapping;
        for (ulong slot = from; slot <= to; slot++, at += Page)
        {
            ulong index = vma.IndexOf(at);
            int pfn = cache.Find(index);
            if (pfn != 0 && !cache.IsBeyondEnd(index) && PageTable.Get(at) == Pte.None)
                MapFilePage(vma, at, pfn, write: false);
        }

        return Pte.IsPresent(PageTable.Get(address));
    }

    private void CountMajor()
    {
        _kernel.Stat.Add(VmStatItem.PgMajFault, 1);
        Owner.MajorFaults++;
        Owner.MinorFaults--;
    }
}
