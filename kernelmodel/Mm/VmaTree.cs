using KernelModel.Ranges;

namespace KernelModel.Mm;

/// <summary>
/// The VMAs of an address space: which there are, how they split and merge, and what they add up to (linux: mm/vma.c).
/// It knows of no page but by the anon_vmas. Guarded by the model's lock.
/// </summary>
internal sealed partial class VmaTree(Kernel kernel, MmStruct mm)
{
    private readonly RangeTree<VmArea> _areas = new(trackGaps: true);

    /// <summary>VMAs (map_count).</summary>
    public int Count => _areas.Count;

    /// <summary>The VMAs in ascending order.</summary>
    public IEnumerable<VmArea> All
    {
        get
        {
            foreach (RangeTree<VmArea>.Entry entry in _areas)
                yield return entry.Value;
        }
    }

    /// <summary>The VMA that contains an address, or null (vma_lookup).</summary>
    public VmArea? Lookup(ulong address) => _areas.TryFind(address, out _, out _, out VmArea vma) ? vma : null;

    /// <summary>The first VMA that ends above an address, or null (find_vma).</summary>
    public VmArea? Find(ulong address) => _areas.FirstAtOrAfter(address, out _, out _, out VmArea vma) ? vma : null;

    /// <summary>The last VMA that starts below an address, or null.</summary>
    public VmArea? FindBefore(ulong address) => _areas.LastBefore(address, out _, out _, out VmArea vma) ? vma : null;

    public VmArea? NextOf(VmArea vma) => Find(vma.End);

    public VmArea? PrevOf(VmArea vma) => FindBefore(vma.Start);

    /// <summary>The first VMA with a byte in start..end, or null (find_vma_intersection).</summary>
    public VmArea? FirstIn(ulong start, ulong end) => start < end && Find(start) is { } vma && vma.Start < end ? vma : null;

    /// <summary>mm/vma.c: split_vma. The given reference keeps the upper or the lower half.</summary>
    public int Split(ref VmArea vma, ulong address, bool keepUpper)
    {
        // mm/hugetlb.c: hugetlb_vm_op_split.
        if (vma.IsHuge && (address & ~HugeSize.Mask) != 0)
            return -Errno.EINVAL;
        if (Count >= MmStruct.MaxMapCount || !kernel.HasRoomForArea)
            return -Errno.ENOMEM;

        // As in the kernel the new object is the half that the caller does not hold.
        VmArea other = keepUpper
            ? Clone(vma, vma.Start, address, vma.PageOffset)
            : Clone(vma, address, vma.End, vma.IndexOf(address));
        CloneAnonVma(other, vma);
        if (keepUpper)
            SetRange(vma, address, vma.End, vma.IndexOf(address));
        else
            SetRange(vma, vma.Start, address, vma.PageOffset);
        Insert(other);
        kernel.VolatileAreas.Split(vma, other);
        return 0;
    }

    /// <summary>An area that is not in the tree yet.</summary>
    public VmArea New(VmFlags flags, VmFile? file, string? name, ulong start, ulong end, ulong pageOffset)
    {
        VmArea vma = kernel.TakeArea();
        vma.Mm = mm;
        (vma.Start, vma.End, vma.PageOffset) = (start, end, pageOffset);
        vma.Flags = flags;
        vma.File = file;
        vma.Name = name;
        return vma;
    }

    /// <summary>Another area that maps what one maps.</summary>
    public VmArea Clone(VmArea source, ulong start, ulong end, ulong pageOffset)
    {
        VmArea vma = New(source.Flags, source.File, source.Name, start, end, pageOffset);
        vma.Userfault = source.Userfault;
        vma.HugeReserve = source.HugeReserve;
        vma.Device = source.Device;
        vma.Device?.Get();
        return vma;
    }

    /// <summary>mm/vma.c: vma_link.</summary>
    public void Link(VmArea vma)
    {
        Insert(vma);
        if ((vma.Flags & VmFlags.Volatile) != 0)
            kernel.VolatileAreas.Add(vma, vma.Start);
    }

    /// <summary>mm/vma.c: vma_prepare, vma_complete. Whoever looks for the pages finds the area where it is now.</summary>
    public void SetRange(VmArea vma, ulong start, ulong end, ulong pageOffset)
    {
        if ((vma.Flags & VmFlags.Volatile) != 0 && (start < vma.Start || end > vma.End))
            kernel.VolatileAreas.Add(vma, start < vma.Start ? start : vma.End);
        _areas.Resize(vma.Start, start, end - 1);
        (vma.Start, vma.End, vma.PageOffset) = (start, end, pageOffset);
        foreach ((AnonVma anonVma, int interval) in vma.AnonChain)
            anonVma.Areas.Resize(interval, vma.PageOffset, vma.LastIndex);
        vma.File?.Mapping.Mappers.Resize(vma.MapperInterval, vma.PageOffset, vma.LastIndex);
    }

    private void Insert(VmArea vma)
    {
        _areas.Insert(vma.Start, vma.End - 1, vma);
        if (vma.File is { } file)
            vma.MapperInterval = file.Mapping.Mappers.Add(vma.PageOffset, vma.LastIndex, vma);
    }

    /// <summary>mm/vma.c: remove_vma.</summary>
    public void Remove(VmArea vma)
    {
        _areas.Remove(vma.Start);
        kernel.HugePages.Close(vma);
        vma.Device?.Put();
        UnlinkAnonVmas(vma);
        if (vma.File is { } file)
        {
            file.Mapping.Mappers.Remove(vma.MapperInterval);
            file.Mapping.Put();
        }

        kernel.GiveArea(vma);
    }
}
