using KernelModel.Tasks;

namespace KernelModel.Mm;

internal sealed partial class MmStruct
{
    /// <summary>mm/mmap.c: dup_mmap. Makes the address space of a child.</summary>
    /// <param name="child">Who gets it.</param>
    /// <param name="copy">The address space, or null.</param>
    /// <returns>0, or -ENOMEM with nothing left behind.</returns>
    internal int Duplicate(TaskStruct child, out MmStruct? copy)
    {
        copy = null;
        int rangePages = _ranges is null ? 0 : (_ranges.Entries / Kernel.RangesInPage) + 1;
        if (!_kernel.MakeRoom((Vmas.Count / Kernel.AreasInPage) + PageTable.Pages + rangePages + Kernel.LeastRoom))
            return -Errno.ENOMEM;
        copy = new MmStruct(_kernel, child) { Break = Break, _madvise = null };
        foreach (VmArea parent in Vmas.All)
        {
            if ((parent.Flags & VmFlags.DontCopy) != 0)
                continue;
            if (!copy.Inherit(parent))
            {
                copy.Exit();
                copy = null;
                return -Errno.ENOMEM;
            }
        }

        _ranges?.CopyTo(copy.RangeRoot);
        copy.ChargeRanges();
        return 0;
    }

    private bool Inherit(VmArea parent)
    {
        // R53: neither locks nor pins are inherited; R61: the advice is, a userfaultfd is not.
        VmArea vma = Vmas.New(
            parent.Flags & ~(VmFlags.LockedMask | VmFlags.Pinned), parent.File, parent.Name, parent.Start, parent.End, parent.PageOffset);
        if (parent.Userfault is { IsAdvice: true })
            vma.Userfault = Advice;
        else if (parent.Userfault is not null)
            vma.Flags &= ~VmFlags.UserFault;
        bool wiped = (vma.Flags & VmFlags.WipeOnFork) != 0;
        if (!wiped)
            Vmas.ForkAnonVma(vma, parent);
        Vmas.Link(vma);
        Vmas.Account(vma.Flags, (long)vma.Pages);
        vma.Device = parent.Device;
        vma.Device?.Get();
        return wiped || CopyPageRange(vma, parent);
    }

    /// <summary>mm/memory.c: copy_page_range. Pages that can be faulted in again from the file are left out.</summary>
    private bool CopyPageRange(VmArea vma, VmArea parent)
    {
        const VmFlags AlwaysCopied = VmFlags.PfnMap | VmFlags.MixedMap | VmFlags.MaybeGuard;
        if ((parent.Flags & AlwaysCopied) == 0 && parent.AnonVma is null && (parent.Flags & VmFlags.Volatile) == 0)
            return true;
        if (parent.IsHuge)
        {
            CopyHugeRange(vma, parent);
            return true;
        }

        PageTable from = parent.Mm.PageTable;
        ulong address = parent.Start;
        while (from.Next(ref address, parent.End, out ulong pte))
        {
            if (Pte.IsPresent(pte))
            {
                if (!CopyPresent(vma, parent, address, pte))
                    return false;
            }
            else if (Pte.IsSwap(pte))
            {
                ulong shared = Pte.ClearSwapExclusive(pte);
                from.Set(address, shared);
                PageTable.Set(address, shared);
                _kernel.Swap!.Duplicate(Pte.Slot(pte));
                SwapEntries++;
            }
            else
            {
                PageTable.Set(address, pte);
                if (Pte.HasRecord(pte))
                    PurgedMarkers++;
            }

            address += Page;
        }

        return true;
    }

    /// <summary>mm/memory.c: copy_present_ptes.</summary>
    private bool CopyPresent(VmArea vma, VmArea parent, ulong address, ulong pte)
    {
        int pfn = Pte.Pfn(pte);
        if (pfn != MemMap.ZeroPage && (parent.Flags & VmFlags.Pinned) != 0 && _kernel.Pages[pfn].Has(PageFlags.Anon))
            return CopyPinned(vma, address, pfn);
        if (pfn != MemMap.ZeroPage && _kernel.Pages[pfn].Has(PageFlags.Anon))
            _kernel.Pages[pfn].Flags &= ~PageFlags.AnonExclusive;
        if (parent.IsCow && Pte.IsWritable(pte))
        {
            pte &= ~Pte.Writable;
            parent.Mm.PageTable.Set(address, pte);
        }

        ulong copy = pte & ~Pte.Young;
        if ((vma.Flags & VmFlags.Shared) != 0)
            copy &= ~Pte.Dirty;
        PageTable.Set(address, copy);
        _kernel.Rmap.Add(vma, pfn);
        return true;
    }

    // R53, mm/memory.c: copy_present_page. The parent's pinned page must stay where it is, so the child gets its own now.
    private bool CopyPinned(VmArea vma, ulong address, int pfn)
    {
        int copy = _kernel.AllocPage();
        if (copy == 0)
            return false;
        _kernel.Pages.Copy(pfn, copy);
        MapNewAnon(vma, address, copy, Pte.Make(copy, Pte.Dirty | WritableBit(vma)));
        return true;
    }

    /// <summary>mm/mmap.c: exit_mmap. Gives everything back; every counter ends at 0.</summary>
    internal void Exit()
    {
        UnmapRange(0, TaskSize);
        _ranges?.Dispose();
        _ranges = null;
        ChargeRanges();
        DefaultFlags = VmFlags.None;
    }
}
