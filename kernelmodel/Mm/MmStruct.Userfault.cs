namespace KernelModel.Mm;

internal sealed partial class MmStruct
{
    private UserfaultContext? _madvise;

    private UserfaultContext Advice => _madvise ??= new UserfaultContext(this) { IsAdvice = true };

    /// <summary>userfaultfd(2) with UFFD_FEATURE_SIGBUS: a descriptor bound to this address space.</summary>
    public UserfaultContext OpenUserfault() => new(this);

    /// <summary>UFFDIO_REGISTER with mode MISSING.</summary>
    /// <param name="context">The descriptor.</param>
    /// <param name="start">First byte, page aligned.</param>
    /// <param name="length">Bytes, page aligned, not 0.</param>
    /// <returns>0, -EINVAL (nothing mapped, or an area that cannot), -EPERM, -EBUSY.</returns>
    public int UserfaultRegister(UserfaultContext context, ulong start, ulong length)
    {
        int result = CheckUserfaultRange(start, length);
        if (result < 0)
            return result;
        ulong end = start + length;
        if (FirstIn(start, end) is null)
            return -Errno.EINVAL;
        for (VmArea? vma = FirstIn(start, end); vma is not null; vma = FirstIn(vma.End, end))
        {
            if (!CanUserfault(vma))
                return -Errno.EINVAL;
            if ((vma.Flags & VmFlags.MayWrite) == 0)
                return -Errno.EPERM;
            if (vma.Userfault is not null && !ReferenceEquals(vma.Userfault, context))
                return -Errno.EBUSY;
        }

        return SetUserfault(start, end, context);
    }

    /// <summary>UFFDIO_UNREGISTER.</summary>
    /// <returns>0 or -EINVAL.</returns>
    public int UserfaultUnregister(ulong start, ulong length)
    {
        int result = CheckUserfaultRange(start, length);
        if (result < 0)
            return result;
        ulong end = start + length;
        if (FirstIn(start, end) is null)
            return -Errno.EINVAL;
        for (VmArea? vma = FirstIn(start, end); vma is not null; vma = FirstIn(vma.End, end))
        {
            if (!CanUserfault(vma))
                return -Errno.EINVAL;
        }

        return SetUserfault(start, end, null);
    }

    /// <summary>UFFDIO_ZEROPAGE: resolves missing pages with pages of zeros.</summary>
    /// <returns>0, -EINVAL, -ENOENT (not a registered area), -EEXIST (a page is there), -EAGAIN (some were done), -ENOMEM.</returns>
    public int UserfaultZeroPage(ulong start, ulong length)
    {
        int result = CheckUserfaultRange(start, length);
        if (result < 0)
            return result;
        if (Lookup(start) is not { } vma)
            return -Errno.ENOENT;

        // mm/userfaultfd.c: find_vma_and_prepare_anon comes before any look at the registration.
        if ((vma.Flags & VmFlags.Shared) == 0)
            Vmas.PrepareAnonVma(vma);
        if (vma.Userfault is null || start + length > vma.End)
            return -Errno.ENOENT;
        for (ulong address = start; address < start + length; address += Page)
        {
            result = ZeroPageAt(vma, address);
            if (result < 0)
                return address == start ? result : -Errno.EAGAIN;
        }

        return 0;
    }

    /// <summary>Whether <see cref="Fault"/> would answer <see cref="FaultResult.UserFault"/>; it changes nothing.</summary>
    internal bool IsUserFault(ulong address, bool write)
    {
        if (Lookup(address) is not { Userfault.IsAdvice: true } vma || (vma.Flags & (write ? VmFlags.Write : VmFlags.Access)) == 0)
            return false;
        ulong pte = PageTable.Get(address & PageMask);
        return pte == Pte.None || (Pte.IsPurged(pte) && !IsVolatile(vma, address));
    }

    private int ZeroPageAt(VmArea vma, ulong address)
    {
        if ((vma.Flags & VmFlags.Shared) == 0)
        {
            if (PageTable.Get(address) != Pte.None)
                return -Errno.EEXIST;
            if (!_kernel.Options.ForbidsZeroPage)
            {
                PageTable.Set(address, Pte.Make(MemMap.ZeroPage, 0));
                return 0;
            }

            // mm/userfaultfd.c: mfill_atomic_pte_zeroed_folio.
            int zeroed = _kernel.AllocPage();
            if (zeroed == 0)
                return -Errno.ENOMEM;
            MapNewAnon(vma, address, zeroed, Pte.Make(zeroed, Pte.Dirty | WritableBit(vma)));
            return 0;
        }

        PageCache cache = vma.File!.Mapping;
        ulong index = vma.IndexOf(address);
        if (cache.Find(index) != 0 || cache.FindSlot(index) != 0)
            return -Errno.EEXIST;
        if (cache.IsBeyondEnd(index))
            return -Errno.EFAULT;
        if (cache.GetPage(index, out int pfn) < 0)
            return -Errno.ENOMEM;
        _kernel.SetDirty(pfn);
        MapFilePage(vma, address, pfn, write: (vma.Flags & VmFlags.Write) != 0);
        return 0;
    }

    private static int CheckUserfaultRange(ulong start, ulong length)
    {
        bool valid = ((start | length) & ~PageMask) == 0 && length != 0 && start >= MmapMinAddress && start < TaskSize
            && length <= TaskSize - start;
        return valid ? 0 : -Errno.EINVAL;
    }

    /// <summary>include/linux/userfaultfd_k.h: vma_can_userfault.</summary>
    private static bool CanUserfault(VmArea vma)
    {
        return (vma.Flags & (VmFlags.Droppable | VmFlags.Special)) == 0
            && (vma.File is null || vma.File.Mapping is ShmemFile or HugetlbFile);
    }

    private int SetUserfault(ulong start, ulong end, UserfaultContext? context)
    {
        ulong at = start;
        while (FirstIn(at, end) is { } vma)
        {
            ulong stop = Math.Min(vma.End, end);
            if (!ReferenceEquals(vma.Userfault, context))
            {
                VmFlags flags = context is not null ? vma.Flags | VmFlags.UserFault : vma.Flags & ~VmFlags.UserFault;
                int result = Vmas.Modify(ref vma, Math.Max(at, vma.Start), stop, flags, context);
                if (result < 0)
                    return result;
            }

            at = stop;
        }

        return 0;
    }
}
