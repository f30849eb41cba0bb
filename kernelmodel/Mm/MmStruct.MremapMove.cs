using KernelModel.Mapping;

namespace KernelModel.Mm;

internal sealed partial class MmStruct
{
    /// <summary>mm/mremap.c: move_vma.</summary>
    private long MoveVma(ref Remap remap)
    {
        // The source may be cut in three before the move is done, which must not fail half way.
        if (MapCount >= MaxMapCount - 3 || !_kernel.MakeRoom(RoomToMove(remap)))
            return -Errno.ENOMEM;
        VmArea? target = CopyVma(ref remap);
        if (target is null)
            return -Errno.ENOMEM;
        EndMarks(remap.NewAddress, remap.NewAddress + remap.NewLength);
        MovePages(remap.Vma, target, remap.Address, remap.NewAddress, remap.OldLength);
        if (remap.OldLength != 0)
        {
            ulong first = remap.Address >> PageSize.Shift;
            _ranges?.Move(first, first + (remap.OldLength >> PageSize.Shift) - 1, remap.NewAddress >> PageSize.Shift);
            ChargeRanges();
        }

        // mm/userfaultfd.c: mremap_userfaultfd_prep. Without remap events the new area is let go, all of it, also when it
        // is a neighbour that grew.
        VmFlags flags = remap.Vma.Flags;
        if (target.Userfault is { IsAdvice: false })
        {
            target.Userfault = null;
            target.Flags &= ~VmFlags.UserFault;
        }

        Vmas.Account(flags, (long)(remap.NewLength >> PageSize.Shift));
        if ((remap.Flags & MremapFlags.DontUnmap) != 0)
            CompleteDontUnmap(remap, target);
        else if (remap.OldLength != 0)
            UnmapRange(remap.Address, remap.Address + remap.OldLength);
        return (long)remap.NewAddress;
    }

    // Tables at the new place before those at the old one go.
    private int RoomToMove(in Remap remap)
        => (int)Math.Min((ulong)PageTable.Tables, (remap.OldLength >> (PageSize.Shift + 9)) + 1) + Kernel.LeastRoom;

    /// <summary>mm/vma.c: copy_vma. The destination, merged into a neighbour when it fits.</summary>
    private VmArea? CopyVma(ref Remap remap)
    {
        VmArea vma = remap.Vma;
        ulong end = remap.NewAddress + remap.NewLength;
        ulong pageOffset = vma.IndexOf(remap.Address);

        // Without a page of its own an area takes the offset of its new place, and so merges more often.
        if (vma.IsAnonymous && vma.AnonVma is null)
            pageOffset = remap.NewAddress >> PageSize.Shift;
        VmaMerge merge = MergeOf(vma, remap.NewAddress, end, pageOffset);
        merge.Prev = Vmas.FindBefore(remap.NewAddress);
        merge.Next = Find(remap.NewAddress);
        merge.CopiedFrom = vma;
        if (Vmas.MergeNewRange(ref merge) is { } merged)
        {
            // The source itself may have been swallowed, by the area before or after it.
            if (Lookup(remap.Address) is { } source)
                remap.Vma = source;
            return merged;
        }

        VmArea copy = Vmas.Clone(vma, remap.NewAddress, end, pageOffset);
        VmaTree.CloneAnonVma(copy, vma);

        // mm/hugetlb.c: clear_vma_resv_huge_pages. The promise moves, and nothing of it stays.
        vma.HugeReserve = null;
        Vmas.Link(copy);
        return copy;
    }

    /// <summary>mm/mremap.c: move_page_tables. Entries move; pages keep their index, so the areas' offsets lead to them still.</summary>
    private void MovePages(VmArea from, VmArea to, ulong source, ulong target, ulong length)
    {
        bool wasUnevictable = from.IsUnevictable;
        bool isUnevictable = to.IsUnevictable;
        System.Diagnostics.Debug.Assert(wasUnevictable == isUnevictable, "A moved area keeps its locks.");
        if (from.IsHuge)
        {
            MoveHuge(source, target, length);
            return;
        }

        ulong address = source;
        while (PageTable.Next(ref address, source + length, out ulong pte))
        {
            PageTable.Set(address, Pte.None);
            PageTable.Set(target + (address - source), pte);
            address += Page;
        }
    }

    /// <summary>mm/mremap.c: dontunmap_complete.</summary>
    private void CompleteDontUnmap(in Remap remap, VmArea target)
    {
        VmArea old = remap.Vma;
        if ((old.Flags & VmFlags.Locked) != 0)
        {
            // As in 6.17 and later only the flag goes: the old area's pages stay in locked_vm for good, and what is left
            // of them stays mlocked, with no VMA that would ever unlock it.
            if ((old.Flags & VmFlags.Pinned) == 0)
                Vmas.Stray((long)old.Pages);
            old.Flags &= ~VmFlags.LockedMask;
        }

        if (!ReferenceEquals(target, old) && remap.Address == old.Start && remap.Address + remap.OldLength == old.End)
            Vmas.UnlinkAnonVmas(old);
    }
}
