using KernelModel.Mapping;

namespace KernelModel.Mm;

// Where new areas may go.
internal sealed partial class VmaTree
{
    private const ulong MmapBase = 0x7fff_f7ff_f000;

    /// <summary>mm/mmap.c: arch_get_unmapped_area_topdown.</summary>
    public long GetUnmapped(ulong address, ulong length, MapFlags flags)
    {
        bool huge = (flags & (MapFlags.HugeTlb | MapFlags.Anonymous)) == (MapFlags.HugeTlb | MapFlags.Anonymous);
        if (length > MmStruct.TaskSize)
            return -Errno.ENOMEM;
        if ((flags & MapFlags.Fixed) != 0)
        {
            if (address > MmStruct.TaskSize - length)
                return -Errno.ENOMEM;
            ulong alignment = huge ? HugeSize.Bytes : PageSize.Bytes;
            return (address & (alignment - 1)) != 0 ? -Errno.EINVAL : address < MmStruct.MmapMinAddress ? -Errno.EPERM : (long)address;
        }

        address = huge ? (address + HugeSize.Bytes - 1) & HugeSize.Mask : MmStruct.PageAlign(address);
        if (address >= MmStruct.MmapMinAddress && address <= MmStruct.TaskSize - length && FirstIn(address, address + length) is null
            && (Find(address) is not { } next || address + length <= StartWithGap(next)))
            return (long)address;

        ulong span = huge ? length + HugeSize.Bytes - PageSize.Bytes : length;
        ulong high = MmapBase - 1;
        while (_areas.FindGap(span, MmStruct.MmapMinAddress, high, topDown: true, out ulong start))
        {
            ulong end = start + span;
            if (Find(start) is not { } above || end <= StartWithGap(above))
                return (long)(huge ? (end - length) & HugeSize.Mask : start);
            high = StartWithGap(above) - 1;
        }

        return -Errno.ENOMEM;
    }

    /// <summary>include/linux/mm.h: vm_start_gap. An area that grows down keeps room below it.</summary>
    private static ulong StartWithGap(VmArea vma)
        => (vma.Flags & VmFlags.GrowsDown) == 0 ? vma.Start : vma.Start - Math.Min(vma.Start, MmStruct.StackGuardGap);
}
