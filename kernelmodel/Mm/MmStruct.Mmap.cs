using KernelModel.Mapping;

namespace KernelModel.Mm;

internal sealed partial class MmStruct
{
    internal const ulong MmapMinAddress = 0x10000;
    internal const ulong StackGuardGap = 256 * Page;

    private Func<ulong, ulong, bool>? _isUnmapped;

    /// <summary>mmap(2).</summary>
    /// <param name="address">Where, or a hint; page aligned when fixed.</param>
    /// <param name="length">Bytes, rounded up to pages.</param>
    /// <param name="prot">Protection.</param>
    /// <param name="flags">One type and any modifiers.</param>
    /// <param name="file">The file, or null with <see cref="MapFlags.Anonymous"/>.</param>
    /// <param name="offset">Offset in the file in bytes, page aligned.</param>
    /// <returns>The address, or -EINVAL, -ENOMEM, -EEXIST, -EPERM, -EAGAIN, -EACCES, -EBADF, -EOVERFLOW.</returns>
    public long Mmap(ulong address, ulong length, Prot prot, MapFlags flags, VmFile? file = null, ulong offset = 0)
    {
        if ((offset & ~PageMask) != 0)
            return -Errno.EINVAL;
        bool anonymous = (flags & MapFlags.Anonymous) != 0;
        if (!anonymous && file is null)
            return -Errno.EBADF;
        if (length == 0)
            return -Errno.EINVAL;
        if (anonymous)
            file = null;
        bool huge = anonymous && (flags & MapFlags.HugeTlb) != 0;

        // mm/mmap.c: ksys_mmap_pgoff.
        if (huge)
            length = (length + HugeSize.Bytes - 1) & HugeSize.Mask;
        if ((flags & MapFlags.FixedNoReplace) != 0)
            flags |= MapFlags.Fixed;
        length = PageAlign(length);
        if (length == 0)
            return -Errno.ENOMEM;
        ulong pageOffset = offset >> PageSize.Shift;
        if (pageOffset + (length >> PageSize.Shift) < pageOffset)
            return -Errno.EOVERFLOW;
        if (MapCount > MaxMapCount || !_kernel.MakeRoom())
            return -Errno.ENOMEM;

        VmFlags vmFlags = FlagsOf(prot) | DefaultFlags | VmFlags.MayRead | VmFlags.MayWrite | VmFlags.MayExec;
        if ((flags & MapFlags.GrowsDown) != 0)
            vmFlags |= VmFlags.GrowsDown;
        if ((flags & MapFlags.Locked) != 0)
            vmFlags |= VmFlags.Locked;

        // include/linux/mman.h: calc_vm_flag_bits.
        if ((flags & MapFlags.Stack) != 0)
            vmFlags |= VmFlags.NoHugePage;

        long area = Vmas.GetUnmapped(address, length, flags);
        if (area < 0)
            return area;
        address = (ulong)area;
        if ((flags & MapFlags.FixedNoReplace) != 0 && FirstIn(address, address + length) is not null)
            return -Errno.EEXIST;
        if ((flags & MapFlags.Locked) != 0 && !CanLock)
            return -Errno.EPERM;
        if (!LockFutureOk(vmFlags, length))
            return -Errno.EAGAIN;
        int result = file is not null ? FileFlags(file, prot, flags, ref vmFlags)
            : huge ? HugeFlags(flags, ref vmFlags)
            : AnonymousFlags(flags, ref vmFlags);
        if (result < 0)
            return result;
        if (huge)
            pageOffset = 0;
        else if (file is null)
            pageOffset = (vmFlags & VmFlags.Shared) != 0 ? 0 : address >> PageSize.Shift;
        if ((flags & MapFlags.NoReserve) != 0)
            vmFlags |= VmFlags.NoReserve;

        if (huge)
            _kernel.HugePages.DelayEvictions();

        // What is replaced may be the last mapping of the file: who makes the call has it open.
        if (file is not null)
            file.Mapping.OpenCount++;
        result = MmapRegion(address, length, vmFlags, file, pageOffset, null);
        if (file is not null)
            file.Mapping.OpenCount--;
        if (huge)
            _kernel.HugePages.EvictDelayed();
        if (result < 0)
            return result;
        if ((vmFlags & VmFlags.Locked) != 0 || (flags & MapFlags.Populate) != 0)
            PopulateRange(address, length, ignoreErrors: true);
        return (long)address;
    }

    /// <summary>munmap(2).</summary>
    /// <param name="start">First byte, page aligned.</param>
    /// <param name="length">Bytes, rounded up to pages.</param>
    /// <returns>0, -EINVAL, or -ENOMEM when a split would make too many areas.</returns>
    public int Munmap(ulong start, ulong length)
    {
        if ((start & ~PageMask) != 0 || start > TaskSize || length > TaskSize - start)
            return -Errno.EINVAL;
        ulong end = start + PageAlign(length);
        if (end == start)
            return -Errno.EINVAL;
        int result = UnmapRange(start, end);
        if (result == 0)
            DropMarks(start, end);
        return result;
    }

    private static VmFlags FlagsOf(Prot prot) => (VmFlags)(ulong)(prot & (Prot.Read | Prot.Write | Prot.Exec));

    private static int FileFlags(VmFile file, Prot prot, MapFlags flags, ref VmFlags vmFlags)
    {
        if ((flags & MapFlags.TypeMask) == MapFlags.Shared)
        {
            if ((prot & Prot.Write) != 0 && !file.Writable)
                return -Errno.EACCES;
            vmFlags |= VmFlags.Shared | VmFlags.MayShare;
            if (!file.Writable)
                vmFlags &= ~(VmFlags.MayWrite | VmFlags.Shared);
        }
        else if ((flags & MapFlags.TypeMask) != MapFlags.Private)
        {
            return -Errno.EINVAL;
        }

        if (!file.Readable)
            return -Errno.EACCES;
        return (vmFlags & VmFlags.GrowsDown) != 0 ? -Errno.EINVAL : 0;
    }

    private static int AnonymousFlags(MapFlags flags, ref VmFlags vmFlags)
    {
        if ((flags & MapFlags.Special) != 0)
            vmFlags |= VmFlags.PfnMap | VmFlags.Io | VmFlags.DontExpand;
        switch (flags & MapFlags.TypeMask)
        {
            case MapFlags.Shared:
                if ((vmFlags & VmFlags.GrowsDown) != 0)
                    return -Errno.EINVAL;
                vmFlags |= VmFlags.Shared | VmFlags.MayShare;
                return 0;
            case MapFlags.Droppable:
                if ((flags & MapFlags.Locked) != 0 || (vmFlags & VmFlags.GrowsDown) != 0)
                    return -Errno.EINVAL;
                vmFlags |= VmFlags.Droppable | VmFlags.NoReserve | VmFlags.WipeOnFork | VmFlags.DontDump;
                return 0;
            case MapFlags.Private:
                return 0;
            default:
                return -Errno.EINVAL;
        }
    }

    // mm/mmap.c: do_mmap, for what has a file, and fs/hugetlbfs/inode.c: hugetlbfs_file_mmap.
    private static int HugeFlags(MapFlags flags, ref VmFlags vmFlags)
    {
        MapFlags type = flags & MapFlags.TypeMask;
        if (type is not (MapFlags.Shared or MapFlags.Private) || (vmFlags & VmFlags.GrowsDown) != 0)
            return -Errno.EINVAL;
        vmFlags |= VmFlags.HugeTlb | VmFlags.DontExpand | (type == MapFlags.Shared ? VmFlags.Shared | VmFlags.MayShare : 0);
        return 0;
    }

    /// <summary>mm/vma.c: __mmap_region. What was there goes, then a neighbour grows or a new VMA is made.</summary>
    private int MmapRegion(ulong start, ulong length, VmFlags flags, VmFile? file, ulong pageOffset, string? name)
    {
        ulong end = start + length;
        long pages = (long)(length >> PageSize.Shift);
        long overlapped = Vmas.CountMapped(start, end);
        if (!MayExpand(flags, pages - overlapped))
            return -Errno.ENOMEM;
        int result = UnmapRange(start, end);
        if (result < 0)
            return result;

        EndMarks(start, end);

        // mm/mmap.c: accountable_mapping.
        const VmFlags Accountable = VmFlags.NoReserve | VmFlags.Shared | VmFlags.Write;
        if ((flags & Accountable) == VmFlags.Write && (flags & VmFlags.HugeTlb) == 0)
            flags |= VmFlags.Account;

        // mm/hugetlb.c: hugetlb_reserve_pages. A failure leaves the gap.
        bool huge = (flags & VmFlags.HugeTlb) != 0;
        bool promised = huge && (flags & VmFlags.NoReserve) == 0;
        if (promised && !_kernel.HugePages.Reserve((long)(length >> HugeSize.Shift)))
            return -Errno.ENOMEM;

        VmaMerge merge = new()
        {
            Prev = Vmas.FindBefore(start),
            Next = Find(start),
            Start = start,
            End = end,
            PageOffset = pageOffset,
            Flags = flags,
            File = file,
            Name = name,
        };
        bool special = (flags & VmFlags.PfnMap) != 0;
        bool objectOfItsOwn = huge || (file is null && !special && (flags & VmFlags.Shared) != 0);
        VmArea? vma = objectOfItsOwn ? null : Vmas.MergeNewRange(ref merge);
        if (vma is null)
        {
            // mm/shmem.c: shmem_zero_setup. Every shared anonymous mapping is an object of its own.
            if (objectOfItsOwn)
                file = huge ? NewHugeFile((long)length) : NewSharedAnonymous((long)length);
            vma = Vmas.New(flags, file, name, start, end, pageOffset);
            if (special)
                vma.Device = _kernel.NewDevice(pageOffset, length >> PageSize.Shift);
            if (promised)
                PromiseHuge(vma, length >> HugeSize.Shift);
            Vmas.Link(vma);
            if (objectOfItsOwn)
                file!.Mapping.OpenCount = 0;
        }

        if ((flags & VmFlags.Locked) != 0 && !SupportsMlock(flags))
        {
            vma.Flags &= ~VmFlags.LockedMask;
            flags &= ~VmFlags.LockedMask;
        }

        Vmas.Account(flags, pages);
        return 0;
    }

    private VmFile NewSharedAnonymous(long length)
        => new(_kernel.Files.CreateShmem(length), "/dev/zero (deleted)") { IsSharedAnonymous = true };

    private VmFile NewHugeFile(long length) => new(_kernel.Files.CreateHugetlb(length), "/anon_hugepage (deleted)");

    private static void PromiseHuge(VmArea vma, ulong pages)
    {
        if ((vma.Flags & VmFlags.MayShare) == 0)
        {
            vma.HugeReserve = new HugeReserve();
            return;
        }

        for (ulong index = 0; index < pages; index++)
            vma.HugetlbFile.Reserved.Add(index);
    }

    private static bool SupportsMlock(VmFlags flags)
        => (flags & (VmFlags.Special | VmFlags.HugeTlb | VmFlags.Droppable)) == 0;

    /// <summary>mm/vma.c: do_vmi_align_munmap. Splits at both ends, then unmaps whole VMAs.</summary>
    private int UnmapRange(ulong start, ulong end)
    {
        VmArea? vma = FirstIn(start, end);
        if (vma is null)
            return 0;
        if (start > vma.Start)
        {
            // A hole in the middle of one VMA makes two of it: refuse before anything changes.
            if (end < vma.End && MapCount >= MaxMapCount)
                return -Errno.ENOMEM;
            int result = Vmas.Split(ref vma, start, keepUpper: true);
            if (result < 0)
                return result;
        }

        if (Lookup(end - 1) is { } last && end < last.End)
        {
            int result = Vmas.Split(ref last, end, keepUpper: false);
            if (result < 0)
                return result;
        }

        while (FirstIn(start, end) is { } victim)
        {
            long pages = (long)victim.Pages;
            ZapRange(victim, victim.Start, victim.End, ZapMode.Unmap);
            Vmas.Account(victim.Flags, -pages);
            (ulong from, ulong to) = (victim.Start, victim.End);
            Vmas.Remove(victim);
            PageTable.FreeMiddles(from, to, _isUnmapped ??= (first, last) => FirstIn(first, last) is null);
        }

        return 0;
    }
}
