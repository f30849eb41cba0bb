namespace KernelModel.Mm;

internal sealed partial class MmStruct
{
    /// <summary>mm/gup.c: __mm_populate. Holes are skipped; without <paramref name="ignoreErrors"/> the first failure ends it.</summary>
    private int PopulateRange(ulong start, ulong length, bool ignoreErrors)
    {
        ulong at = start;
        ulong end = start + length;
        while (at < end && FirstIn(at, end) is { } vma)
        {
            ulong stop = Math.Min(end, vma.End);
            if ((vma.Flags & (VmFlags.Io | VmFlags.PfnMap)) == 0)
            {
                int result = PopulateVma(vma, Math.Max(at, vma.Start), stop);
                if (result < 0 && !ignoreErrors)
                    return result;
            }

            at = stop;
        }

        return 0;
    }

    /// <summary>mm/gup.c: populate_vma_page_range. A private writable area is populated by stores, any other by loads.</summary>
    private int PopulateVma(VmArea vma, ulong start, ulong end)
    {
        if ((vma.Flags & VmFlags.LockOnFault) != 0)
            return 0;
        if ((vma.Flags & VmFlags.Access) == 0)
            return -Errno.EFAULT;
        _kernel.Lru.AddDrain();
        bool write = (vma.Flags & (VmFlags.Write | VmFlags.Shared)) == VmFlags.Write;
        for (ulong address = start; address < end; address += Page)
        {
            int result = ToErrno(FaultIn(address, write, force: true));
            if (result < 0)
                return result;
        }

        return 0;
    }

    /// <summary>mm/madvise.c: madvise_populate.</summary>
    private int AdvisePopulate(ulong start, ulong end, bool write)
    {
        _kernel.Lru.AddDrain();
        for (ulong address = start; address < end; address += Page)
        {
            if (Lookup(address) is not { } vma)
                return -Errno.ENOMEM;
            if ((vma.Flags & (VmFlags.Io | VmFlags.PfnMap)) != 0 || (vma.Flags & (write ? VmFlags.Write : VmFlags.Read)) == 0)
                return -Errno.EINVAL;
            int result = ToErrno(FaultIn(address, write, force: false));
            if (result < 0)
                return result;
        }

        return 0;
    }

    /// <summary>mm/gup.c: follow_page_pte. A page that is there already is made dirty itself, its entry is left alone.</summary>
    private FaultResult FaultIn(ulong address, bool write, bool force)
    {
        ulong pte = PageTable.Get(address);
        if (!Pte.IsPresent(pte) || (write && !Pte.IsWritable(pte)))
            return Fault(address, write, force);
        if (write && !Pte.IsDirty(pte))
            _kernel.SetDirty(Pte.Pfn(pte));
        return FaultResult.Ok;
    }

    /// <summary>include/linux/mm.h: vm_fault_to_errno.</summary>
    private static int ToErrno(FaultResult result) => result switch
    {
        FaultResult.Ok => 0,
        FaultResult.OutOfMemory => -Errno.ENOMEM,
        _ => -Errno.EFAULT,
    };
}
