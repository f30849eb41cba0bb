using KernelModel.Mapping;

namespace KernelModel.Mm;

internal sealed partial class MmStruct
{
    /// <summary>mlock(2), and with <paramref name="onFault"/> mlock2(2) with MLOCK_ONFAULT.</summary>
    /// <param name="start">First byte; rounded down to a page.</param>
    /// <param name="length">Bytes; the end is rounded up.</param>
    /// <param name="onFault">Lock pages as they are faulted in.</param>
    /// <returns>0, -EPERM, -EINVAL (wrap), -ENOMEM (limit, hole: what lies before it stays locked, or a page that cannot come), -EAGAIN.</returns>
    public int Mlock(ulong start, ulong length, bool onFault = false)
    {
        if (!CanLock)
            return -Errno.EPERM;
        length = PageAlign(length + (start & ~PageMask));
        start &= PageMask;
        ulong locked = (length >> PageSize.Shift) + (ulong)(LockedVm + PinnedVm);
        if (locked > LockLimitPages && !IgnoresLockLimit)
            locked -= Vmas.CountLocked(start, start + length);
        if (locked > LockLimitPages && !IgnoresLockLimit)
            return -Errno.ENOMEM;

        VmFlags flags = VmFlags.Locked | (onFault ? VmFlags.LockOnFault : VmFlags.None);
        int result = ApplyLockFlags(start, length, VmFlags.LockedMask, flags);
        if (result < 0)
            return result;

        // mm/mlock.c: __mlock_posix_error_return.
        result = PopulateRange(start, length, ignoreErrors: false);
        return result == -Errno.EFAULT ? -Errno.ENOMEM : result == -Errno.ENOMEM ? -Errno.EAGAIN : result;
    }

    /// <summary>munlock(2).</summary>
    /// <returns>0, -EINVAL, or -ENOMEM at a hole: what lies before it stays unlocked.</returns>
    public int Munlock(ulong start, ulong length)
    {
        length = PageAlign(length + (start & ~PageMask));
        return ApplyLockFlags(start & PageMask, length, VmFlags.LockedMask, VmFlags.None);
    }

    /// <summary>mlockall(2).</summary>
    /// <returns>0, -EINVAL, -EPERM or -ENOMEM (limit).</returns>
    public int MlockAll(MlockAllFlags flags)
    {
        const MlockAllFlags Known = MlockAllFlags.Current | MlockAllFlags.Future | MlockAllFlags.OnFault;
        if (flags == 0 || (flags & ~Known) != 0 || flags == MlockAllFlags.OnFault)
            return -Errno.EINVAL;
        if (!CanLock)
            return -Errno.EPERM;
        bool current = (flags & MlockAllFlags.Current) != 0;
        if (current && (ulong)TotalVm > LockLimitPages && !IgnoresLockLimit)
            return -Errno.ENOMEM;

        VmFlags lockFlags = VmFlags.Locked | ((flags & MlockAllFlags.OnFault) != 0 ? VmFlags.LockOnFault : VmFlags.None);
        DefaultFlags = (flags & MlockAllFlags.Future) != 0 ? lockFlags : VmFlags.None;
        if (!current)
            return 0;
        LockAll(lockFlags);
        PopulateRange(0, TaskSize, ignoreErrors: true);
        return 0;
    }

    /// <summary>munlockall(2). Always answers 0.</summary>
    public int MunlockAll()
    {
        DefaultFlags = VmFlags.None;
        LockAll(VmFlags.None);
        return 0;
    }

    /// <summary>
    /// S2's mm_mpin: the pages of the range stay in memory and where they are, from when they are faulted in (R51, R52).
    /// </summary>
    /// <param name="start">First byte, page aligned.</param>
    /// <param name="length">Bytes, a multiple of the page size.</param>
    /// <returns>0, -EINVAL, -EPERM, -ENOMEM (limit, or a hole: what lies before it stays pinned).</returns>
    public int Mpin(ulong start, ulong length)
    {
        if (((start | length) & ~PageMask) != 0 || start + length < start)
            return -Errno.EINVAL;
        if (!CanLock)
            return -Errno.EPERM;
        ulong total = (length >> PageSize.Shift) + (ulong)(LockedVm + PinnedVm);
        if (total > LockLimitPages && !IgnoresLockLimit)
            return -Errno.ENOMEM;
        return ApplyLockFlags(start, length, VmFlags.Pinned, VmFlags.Pinned);
    }

    /// <summary>S2's mm_munpin: undoes exactly this range (R52).</summary>
    /// <returns>0, -EINVAL, or -ENOMEM at a hole.</returns>
    public int Munpin(ulong start, ulong length)
    {
        if (((start | length) & ~PageMask) != 0 || start + length < start)
            return -Errno.EINVAL;
        return ApplyLockFlags(start, length, VmFlags.Pinned, VmFlags.None);
    }

    private void LockAll(VmFlags add)
    {
        ulong at = 0;
        while (Find(at) is { } vma)
        {
            at = vma.End;
            MlockFixup(vma, vma.Start, vma.End, (vma.Flags & ~VmFlags.LockedMask) | add);
        }
    }

    /// <summary>mm/mlock.c: apply_vma_lock_flags.</summary>
    private int ApplyLockFlags(ulong start, ulong length, VmFlags clear, VmFlags set)
    {
        ulong end = start + length;
        if (end < start)
            return -Errno.EINVAL;
        ulong at = start;
        while (at < end)
        {
            if (Lookup(at) is not { } vma)
                return -Errno.ENOMEM;
            ulong stop = Math.Min(vma.End, end);
            int result = MlockFixup(vma, at, stop, (vma.Flags & ~clear) | set);
            if (result < 0)
                return result;
            at = stop;
        }

        return 0;
    }

    /// <summary>mm/mlock.c: mlock_fixup, with the counters of R50.</summary>
    private int MlockFixup(VmArea vma, ulong start, ulong end, VmFlags flags)
    {
        VmFlags old = vma.Flags;
        if (flags == old || !SupportsMlock(old))
            return 0;
        int result = Vmas.ModifyFlags(ref vma, start, end, flags);
        if (result < 0)
            return result;
        long pages = (long)((end - start) >> PageSize.Shift);
        Vmas.AccountLocked(old, -pages);
        Vmas.AccountLocked(flags, pages);

        const VmFlags Unevictable = VmFlags.Locked | VmFlags.Pinned;
        bool was = (old & Unevictable) != 0;
        bool now = (flags & Unevictable) != 0;
        if (was != now)
            MlockPages(start, end, now);
        return 0;
    }

    /// <summary>mm/mlock.c: mlock_vma_pages_range.</summary>
    private void MlockPages(ulong start, ulong end, bool on)
    {
        _kernel.Lru.AddDrain();
        ulong address = start;
        while (PageTable.Next(ref address, end, out ulong pte))
        {
            if (Pte.IsPresent(pte) && Pte.Pfn(pte) != MemMap.ZeroPage)
            {
                if (on)
                    _kernel.Mlock(Pte.Pfn(pte));
                else
                    _kernel.Munlock(Pte.Pfn(pte));
            }

            address += Page;
        }
    }
}
