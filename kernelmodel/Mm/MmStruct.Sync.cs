using KernelModel.Mapping;

namespace KernelModel.Mm;

internal sealed partial class MmStruct
{
    /// <summary>msync(2).</summary>
    /// <param name="start">First byte, page aligned.</param>
    /// <param name="length">Bytes, rounded up to pages.</param>
    /// <param name="flags">Not both of async and sync.</param>
    /// <returns>0, -EINVAL, -ENOMEM (a hole; the rest is done), -EBUSY (invalidate over a locked area), or an error of the store.</returns>
    public int Msync(ulong start, ulong length, MsyncFlags flags)
    {
        const MsyncFlags Known = MsyncFlags.Async | MsyncFlags.Invalidate | MsyncFlags.Sync;
        if ((flags & ~Known) != 0 || (start & ~PageMask) != 0
            || (flags & (MsyncFlags.Async | MsyncFlags.Sync)) == (MsyncFlags.Async | MsyncFlags.Sync))
            return -Errno.EINVAL;
        length = PageAlign(length);
        ulong end = start + length;
        if (end < start)
            return -Errno.ENOMEM;

        int hole = 0;
        ulong at = start;
        while (at < end)
        {
            if (Find(at) is not { } vma)
                return -Errno.ENOMEM;
            if (at < vma.Start)
            {
                hole = -Errno.ENOMEM;
                at = vma.Start;
                if (at >= end)
                    break;
            }

            if ((flags & MsyncFlags.Invalidate) != 0 && (vma.Flags & VmFlags.Locked) != 0)
                return -Errno.EBUSY;
            ulong stop = Math.Min(vma.End, end);
            if ((flags & MsyncFlags.Sync) != 0 && (vma.Flags & VmFlags.Shared) != 0 && vma.File is { } file)
            {
                int result = file.Mapping.WriteBack(vma.IndexOf(at), vma.IndexOf(stop - Page));
                if (result < 0)
                    return result;
            }

            at = stop;
        }

        return hole;
    }

    /// <summary>mincore(2).</summary>
    /// <param name="start">First byte, page aligned.</param>
    /// <param name="length">Bytes, rounded up to pages.</param>
    /// <param name="resident">One byte a page: 1 when it is in memory.</param>
    /// <returns>0, -EINVAL, or -ENOMEM at a hole.</returns>
    public int Mincore(ulong start, ulong length, Span<byte> resident)
    {
        if ((start & ~PageMask) != 0)
            return -Errno.EINVAL;
        int pages = (int)(PageAlign(length) >> PageSize.Shift);
        for (int i = 0; i < pages; i++)
        {
            ulong address = start + ((ulong)i << PageSize.Shift);
            if (Lookup(address) is not { } vma)
                return -Errno.ENOMEM;
            resident[i] = IsInCore(vma, address) ? (byte)1 : (byte)0;
        }

        return 0;
    }

    private bool IsInCore(VmArea vma, ulong address)
    {
        if (vma.IsHuge)
            return IsHugeInCore(vma, address);
        vma.File?.Mapping.CatchUp();
        ulong pte = PageTable.Get(address);
        if (Pte.IsPresent(pte) || (vma.Device is not null))
            return true;
        if (Pte.IsSwap(pte))
            return _kernel.Swap!.Cached(Pte.Slot(pte)) != 0;
        if (vma.File is not { } file)
            return false;
        ulong index = vma.IndexOf(address);
        int slot = file.Mapping.FindSlot(index);
        return slot != 0 ? _kernel.Swap!.Cached(slot) != 0 : file.Mapping.Find(index) != 0;
    }
}
