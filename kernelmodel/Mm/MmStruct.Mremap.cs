using KernelModel.Mapping;

namespace KernelModel.Mm;

internal sealed partial class MmStruct
{
    // One mremap call under way (linux: struct vma_remap_struct). Ranges in bytes.
    private struct Remap
    {
        public ulong Address;
        public ulong OldLength;
        public ulong NewLength;
        public ulong NewAddress;
        public MremapFlags Flags;
        public VmArea Vma;
        public bool PopulateExpanded;

        public readonly bool HasNewAddress => (Flags & (MremapFlags.Fixed | MremapFlags.DontUnmap)) != 0;
    }

    /// <summary>mremap(2).</summary>
    /// <param name="address">First byte of the old range, page aligned.</param>
    /// <param name="oldLength">Its bytes; 0 duplicates a shared mapping.</param>
    /// <param name="newLength">Bytes wanted, not 0.</param>
    /// <param name="flags">Flags.</param>
    /// <param name="newAddress">Where, with <see cref="MremapFlags.Fixed"/> or <see cref="MremapFlags.DontUnmap"/>.</param>
    /// <returns>The address, or -EINVAL, -EFAULT, -ENOMEM, -EAGAIN.</returns>
    public long Mremap(ulong address, ulong oldLength, ulong newLength, MremapFlags flags, ulong newAddress = 0)
    {
        const MremapFlags Known = MremapFlags.MayMove | MremapFlags.Fixed | MremapFlags.DontUnmap;
        if ((flags & ~Known) != 0 || (address & ~PageMask) != 0)
            return -Errno.EINVAL;
        Remap remap = new()
        {
            Address = address,
            OldLength = PageAlign(oldLength),
            NewLength = PageAlign(newLength),
            Flags = flags,
            NewAddress = newAddress,
        };
        if (remap.NewLength == 0 || remap.NewLength > TaskSize)
            return -Errno.EINVAL;
        if (remap.HasNewAddress && !ValidDestination(remap))
            return -Errno.EINVAL;

        if ((flags & MremapFlags.Fixed) != 0 && remap.OldLength == remap.NewLength)
            return RemapMove(ref remap);

        if (Lookup(address) is not { } vma)
            return -Errno.EFAULT;
        remap.Vma = vma;
        long result = PrepareRemap(ref remap);
        if (result < 0)
            return result;
        ulong delta = remap.NewLength - remap.OldLength;
        ulong old = remap.OldLength;
        result = remap.HasNewAddress ? RemapTo(ref remap) : RemapInPlace(ref remap);
        if (result >= 0 && remap.PopulateExpanded)
            PopulateRange((ulong)result + old, delta, ignoreErrors: true);
        return result;
    }

    private static bool ValidDestination(in Remap remap)
    {
        return (remap.NewAddress & ~PageMask) == 0
            && remap.NewAddress <= TaskSize - remap.NewLength
            && (remap.Flags & MremapFlags.MayMove) != 0
            && ((remap.Flags & MremapFlags.DontUnmap) == 0 || remap.OldLength == remap.NewLength)
            && !(remap.Address + remap.OldLength > remap.NewAddress && remap.NewAddress + remap.NewLength > remap.Address);
    }

    /// <summary>mm/mremap.c: remap_move (6.17). A pure move may span several VMAs; the gaps between them stay.</summary>
    private long RemapMove(ref Remap remap)
    {
        ulong start = remap.Address;
        ulong end = start + remap.OldLength;
        ulong target = remap.NewAddress;
        ulong lastEnd = 0;
        long result = -Errno.EFAULT;
        ulong at = start;
        while (FirstIn(at, end) is { } vma)
        {
            bool first = at == start;
            if (first && start < vma.Start)
                return -Errno.EFAULT;
            ulong areaEnd = vma.End;
            remap.Vma = vma;
            remap.Address = Math.Max(vma.Start, start);
            remap.OldLength = remap.NewLength = Math.Min(end, vma.End) - remap.Address;
            remap.NewAddress = target + (first ? 0 : vma.Start - lastEnd);
            lastEnd = areaEnd;

            // mm/mremap.c: vma_multi_allowed.
            if (vma.Userfault is { IsAdvice: false } && (!first || vma.End < end))
                return -Errno.EFAULT;
            long moved = PrepareRemap(ref remap);
            ulong length = remap.OldLength;
            if (moved == 0)
                moved = RemapTo(ref remap);
            if (moved < 0)
                return moved;
            if (first)
                result = moved;
            target = (ulong)moved + length;
            at = areaEnd;
        }

        return result;
    }

    /// <summary>mm/mremap.c: check_prep_vma.</summary>
    private int PrepareRemap(ref Remap remap)
    {
        VmArea vma = remap.Vma;
        if (vma.IsHuge && !AlignHuge(ref remap))
            return -Errno.EINVAL;
        if (remap.OldLength == 0 && (vma.Flags & (VmFlags.Shared | VmFlags.MayShare)) == 0)
            return -Errno.EINVAL;
        if ((remap.Flags & MremapFlags.DontUnmap) != 0 && (vma.Flags & (VmFlags.DontExpand | VmFlags.PfnMap)) != 0)
            return -Errno.EINVAL;

        // What only gets shorter in place may span several VMAs.
        if (remap.NewLength <= remap.OldLength && !remap.HasNewAddress)
            return 0;
        ulong kept = Math.Min(remap.OldLength, remap.NewLength);
        if (kept > vma.End - remap.Address)
            return -Errno.EFAULT;
        if (remap.NewLength <= remap.OldLength)
            return 0;
        if ((vma.Flags & VmFlags.Locked) != 0)
            remap.PopulateExpanded = true;
        ulong offset = vma.IndexOf(remap.Address);
        if (offset + (remap.NewLength >> PageSize.Shift) < offset)
            return -Errno.EINVAL;
        if ((vma.Flags & (VmFlags.DontExpand | VmFlags.PfnMap)) != 0)
            return -Errno.EFAULT;
        ulong delta = remap.NewLength - remap.OldLength;
        if (!LockFutureOk(vma.Flags, delta))
            return -Errno.EAGAIN;
        return MayExpand(vma.Flags, (long)(delta >> PageSize.Shift)) ? 0 : -Errno.ENOMEM;
    }

    /// <summary>mm/mremap.c: align_hugetlb. Reservations cannot grow.</summary>
    private static bool AlignHuge(ref Remap remap)
    {
        remap.OldLength = (remap.OldLength + HugeSize.Bytes - 1) & HugeSize.Mask;
        remap.NewLength = (remap.NewLength + HugeSize.Bytes - 1) & HugeSize.Mask;
        return ((remap.Address | remap.NewAddress) & ~HugeSize.Mask) == 0 && remap.NewLength <= remap.OldLength;
    }

    /// <summary>mm/mremap.c: mremap_at.</summary>
    private long RemapInPlace(ref Remap remap)
    {
        if (remap.NewLength == remap.OldLength)
            return (long)remap.Address;
        if (remap.NewLength < remap.OldLength)
        {
            int shrunk = Munmap(remap.Address + remap.NewLength, remap.OldLength - remap.NewLength);
            return shrunk < 0 ? shrunk : (long)remap.Address;
        }

        VmArea vma = remap.Vma;
        ulong delta = remap.NewLength - remap.OldLength;
        if (vma.End - remap.Address == remap.OldLength && vma.End + delta <= TaskSize && FirstIn(vma.End, vma.End + delta) is null)
            return ExpandInPlace(vma, delta) ? (long)remap.Address : -Errno.ENOMEM;
        if ((remap.Flags & MremapFlags.MayMove) == 0)
            return -Errno.ENOMEM;
        long area = Vmas.GetUnmapped(0, remap.NewLength, 0);
        if (area < 0)
            return area;
        remap.NewAddress = (ulong)area;
        return MoveVma(ref remap);
    }

    /// <summary>mm/mremap.c: expand_vma_in_place; the area that follows may fit then.</summary>
    private bool ExpandInPlace(VmArea vma, ulong delta)
    {
        VmaMerge merge = MergeOf(vma, vma.End, vma.End + delta, vma.PageOffset + vma.Pages);
        merge.Prev = vma;
        merge.Next = Vmas.NextOf(vma);
        VmFlags flags = vma.Flags;
        if (Vmas.MergeNewRange(ref merge) is null)
            return false;
        EndMarks(merge.Start, merge.End);
        Vmas.Account(flags, (long)(delta >> PageSize.Shift));
        return true;
    }

    private static VmaMerge MergeOf(VmArea vma, ulong start, ulong end, ulong pageOffset) => new()
    {
        Start = start,
        End = end,
        PageOffset = pageOffset,
        Flags = vma.Flags,
        File = vma.File,
        Name = vma.Name,
        AnonVma = vma.AnonVma,
        Userfault = vma.Userfault,
    };

    /// <summary>mm/mremap.c: mremap_to.</summary>
    private long RemapTo(ref Remap remap)
    {
        // As little as the number of areas may memory end the move when parts of it are done.
        if (!_kernel.MakeRoom(RoomToMove(remap) + 1))
            return -Errno.ENOMEM;
        if ((remap.Flags & MremapFlags.Fixed) != 0)
        {
            // Something else takes its place, so unlike in munmap(2) a loss is still reported.
            ulong end = remap.NewAddress + remap.NewLength;
            int unmapped = UnmapRange(remap.NewAddress, end);
            if (unmapped < 0)
                return unmapped;
            EndMarks(remap.NewAddress, end);
            if (Lookup(remap.Address) is not { } vma)
                return -Errno.EFAULT;
            remap.Vma = vma;
        }

        if (remap.NewLength < remap.OldLength)
        {
            int shrunk = Munmap(remap.Address + remap.NewLength, remap.OldLength - remap.NewLength);
            if (shrunk < 0)
                return shrunk;
            remap.Vma = Lookup(remap.Address)!;
            remap.OldLength = remap.NewLength;
        }

        if ((remap.Flags & MremapFlags.DontUnmap) != 0 && !MayExpand(remap.Vma.Flags, (long)(remap.OldLength >> PageSize.Shift)))
            return -Errno.ENOMEM;
        MapFlags how = (remap.Flags & MremapFlags.Fixed) != 0 ? MapFlags.Fixed : 0;
        long area = Vmas.GetUnmapped(remap.NewAddress, remap.NewLength, how);
        if (area < 0)
            return area;
        remap.NewAddress = (ulong)area;
        return MoveVma(ref remap);
    }
}
