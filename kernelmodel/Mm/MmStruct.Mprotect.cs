using KernelModel.Mapping;

namespace KernelModel.Mm;

internal sealed partial class MmStruct
{
    /// <summary>mprotect(2). What lies before a hole or a refusal stays changed.</summary>
    /// <param name="start">First byte, page aligned.</param>
    /// <param name="length">Bytes, rounded up to pages.</param>
    /// <param name="prot">The new protection.</param>
    /// <returns>0, -EINVAL, -ENOMEM (a hole, or a limit), -EACCES.</returns>
    public int Mprotect(ulong start, ulong length, Prot prot)
    {
        if ((start & ~PageMask) != 0)
            return -Errno.EINVAL;
        if (length == 0)
            return 0;
        length = PageAlign(length);
        ulong end = start + length;
        if (end <= start)
            return -Errno.ENOMEM;

        if (FirstIn(start, end) is not { } vma || vma.Start > start)
            return -Errno.ENOMEM;
        ulong at = start;
        while (at < end)
        {
            if (Lookup(at) is not { } area)
                return -Errno.ENOMEM;
            VmFlags flags = FlagsOf(prot) | (area.Flags & ~VmFlags.Access);

            // VM_MAY* sit four bits above VM_*.
            if (((ulong)flags & ~((ulong)flags >> 4) & (ulong)VmFlags.Access) != 0)
                return -Errno.EACCES;
            ulong stop = Math.Min(area.End, end);
            int result = MprotectFixup(area, at, stop, flags);
            if (result < 0)
                return result;
            at = stop;
        }

        return 0;
    }

    /// <summary>mm/mprotect.c: mprotect_fixup.</summary>
    private int MprotectFixup(VmArea vma, ulong start, ulong end, VmFlags flags)
    {
        VmFlags old = vma.Flags;
        if (flags == old)
            return 0;
        long pages = (long)((end - start) >> PageSize.Shift);
        long charged = 0;
        if ((flags & VmFlags.Write) != 0)
        {
            if (!MayExpand(flags, pages) && MayExpand(old, pages))
                return -Errno.ENOMEM;
            const VmFlags Uncharged = VmFlags.Account | VmFlags.Write | VmFlags.HugeTlb | VmFlags.Shared | VmFlags.NoReserve;
            if ((old & Uncharged) == 0)
            {
                charged = pages;
                flags |= VmFlags.Account;
            }
        }
        else if ((old & VmFlags.Account) != 0 && vma.IsAnonymous && vma.AnonVma is null)
        {
            // Private pages can no longer come to be, and none is there yet.
            flags &= ~VmFlags.Account;
            charged = -pages;
        }

        int result = Vmas.ModifyFlags(ref vma, start, end, flags);
        if (result < 0)
            return result;
        Vmas.Charge(charged);
        ChangeProtection(vma, start, end);
        Vmas.AccountKind(old, -pages);
        Vmas.AccountKind(flags, pages);

        const VmFlags Relevant = VmFlags.Write | VmFlags.Shared | VmFlags.Locked;
        if ((old & Relevant) == VmFlags.Locked && (flags & VmFlags.Write) != 0)
            PopulateVma(vma, start, end);
        return 0;
    }

    /// <summary>mm/mprotect.c: change_pte_range.</summary>
    private void ChangeProtection(VmArea vma, ulong start, ulong end)
    {
        if (vma.IsHuge)
        {
            ProtectHuge(vma, start, end);
            return;
        }

        ulong address = start;
        bool writable = (vma.Flags & VmFlags.Write) != 0;
        while (PageTable.Next(ref address, end, out ulong pte))
        {
            if (Pte.IsPresent(pte))
            {
                ulong changed = pte & ~Pte.Writable;
                if (writable && MayWriteAtOnce(vma, pte))
                    changed |= Pte.Writable;
                if (changed != pte)
                    PageTable.Set(address, changed);
            }

            address += Page;
        }
    }

    /// <summary>mm/mprotect.c: can_change_pte_writable, and the plain page protection of shared memory.</summary>
    private bool MayWriteAtOnce(VmArea vma, ulong pte)
    {
        if ((vma.Flags & VmFlags.Shared) != 0)
            return vma.File!.Mapping.IsShmem || Pte.IsDirty(pte);
        int pfn = Pte.Pfn(pte);
        return pfn != MemMap.ZeroPage && _kernel.Pages[pfn].Has(PageFlags.AnonExclusive);
    }
}
