using KernelModel.Mapping;

namespace KernelModel.Mm;

internal sealed partial class MmStruct
{
    /// <summary>madvise(2). Holes are passed over: everything that is mapped gets the advice, and the answer is -ENOMEM.</summary>
    /// <param name="start">First byte, page aligned.</param>
    /// <param name="length">Bytes, rounded up to pages.</param>
    /// <param name="advice">The advice.</param>
    /// <returns>0, -EINVAL (also for an area the advice is not for), -ENOMEM, -EACCES, -EFAULT, -EAGAIN.</returns>
    public int Madvise(ulong start, ulong length, Madv advice)
    {
        if (!Enum.IsDefined(advice) || (start & ~PageMask) != 0)
            return -Errno.EINVAL;
        ulong rounded = PageAlign(length);
        if (length != 0 && rounded == 0)
            return -Errno.EINVAL;
        ulong end = start + rounded;
        if (end < start)
            return -Errno.EINVAL;
        if (end == start)
            return 0;
        if (advice is Madv.PopulateRead or Madv.PopulateWrite)
            return AdvisePopulate(start, end, advice == Madv.PopulateWrite);

        // A marker a page, over as much as is asked for: the tables are had before anything is done.
        int tables = (int)Math.Min((end - start) >> (PageSize.Shift + 9), int.MaxValue / 2);
        if (advice == Madv.GuardInstall && !_kernel.MakeRoom(tables + Kernel.LeastRoom))
            return -Errno.EAGAIN;

        // mm/madvise.c: madvise_walk_vmas.
        int hole = 0;
        ulong at = start;
        while (at < end)
        {
            VmArea? vma = Find(at);
            if (vma is null)
                return -Errno.ENOMEM;
            if (at < vma.Start)
            {
                hole = -Errno.ENOMEM;
                at = vma.Start;
                if (at >= end)
                    break;
            }

            ulong stop = Math.Min(vma.End, end);
            int result = AdviseArea(vma, at, stop, advice);
            if (result < 0)
                return result;
            at = stop;
        }

        return hole;
    }

    /// <summary>mm/madvise.c: madvise_vma_behavior.</summary>
    private int AdviseArea(VmArea vma, ulong start, ulong end, Madv advice)
    {
        switch (advice)
        {
            case Madv.Remove:
                return AdviseRemove(vma, start, end);
            case Madv.WillNeed:
                AdviseWillNeed(vma, start, end);
                return 0;
            case Madv.Cold:
            case Madv.PageOut:
                return AdviseReclaim(vma, start, end, advice == Madv.PageOut);
            case Madv.Free:
            case Madv.DontNeed:
            case Madv.DontNeedLocked:
                return AdviseDiscard(vma, start, end, advice);
            case Madv.GuardInstall:
            case Madv.GuardRemove:
                return AdviseGuard(vma, start, end, advice == Madv.GuardInstall);
            case Madv.UserFault:
            case Madv.NoUserFault:
                return AdviseUserFault(vma, start, end, advice == Madv.UserFault);
        }

        int result = FlagsAfter(vma, advice, out VmFlags flags);
        if (result < 0 || flags == vma.Flags)
            return result;
        result = Vmas.ModifyFlags(ref vma, start, end, flags);
        return result == -Errno.ENOMEM ? -Errno.EAGAIN : result;
    }

    private static int FlagsAfter(VmArea vma, Madv advice, out VmFlags flags)
    {
        flags = vma.Flags;
        switch (advice)
        {
            case Madv.Normal:
                flags &= ~(VmFlags.RandRead | VmFlags.SeqRead);
                break;
            case Madv.Sequential:
                flags = (flags & ~VmFlags.RandRead) | VmFlags.SeqRead;
                break;
            case Madv.Random:
                flags = (flags & ~VmFlags.SeqRead) | VmFlags.RandRead;
                break;
            case Madv.DontFork:
                flags |= VmFlags.DontCopy;
                break;
            case Madv.DoFork:
                if ((flags & VmFlags.Io) != 0)
                    return -Errno.EINVAL;
                flags &= ~VmFlags.DontCopy;
                break;
            case Madv.WipeOnFork:
                if (vma.File is not null || (flags & VmFlags.Shared) != 0)
                    return -Errno.EINVAL;
                flags |= VmFlags.WipeOnFork;
                break;
            case Madv.KeepOnFork:
                if ((flags & VmFlags.Droppable) != 0)
                    return -Errno.EINVAL;
                flags &= ~VmFlags.WipeOnFork;
                break;
            case Madv.DontDump:
                flags |= VmFlags.DontDump;
                break;
            case Madv.DoDump:
                if (((flags & VmFlags.HugeTlb) == 0 && (flags & VmFlags.Special) != 0) || (flags & VmFlags.Droppable) != 0)
                    return -Errno.EINVAL;
                flags &= ~VmFlags.DontDump;
                break;
            case Madv.Mergeable:
                // mm/ksm.c: vma_ksm_compatible; on what KSM does not handle the advice does nothing.
                const VmFlags NotForKsm = VmFlags.Shared | VmFlags.MayShare | VmFlags.Special | VmFlags.HugeTlb | VmFlags.Droppable;
                if ((flags & NotForKsm) == 0)
                    flags |= VmFlags.Mergeable;
                break;
            case Madv.Unmergeable:
                flags &= ~VmFlags.Mergeable;
                break;
            case Madv.HugePage:
                flags = (flags & ~VmFlags.NoHugePage) | VmFlags.HugePage;
                break;
            case Madv.NoHugePage:
                flags = (flags & ~VmFlags.HugePage) | VmFlags.NoHugePage;
                break;
        }

        return 0;
    }
}
