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
        if (Count >= MmStruct.MaxMapCount)
            return -Errno.ENOMEM;
        VmArea other = Clone(vma);
        CloneAnonVma(other, vma);

        // As in the kernel the new object is the half that the caller does not hold.
        if (keepUpper)
        {
            ulong start = vma.Start;
            ulong offset = vma.PageOffset;
            SetRange(vma, address, vma.End, vma.IndexOf(address));
            Link(other, start, address, offset);
        }
        else
        {
            ulong end = vma.End;
            ulong offset = vma.IndexOf(address);
            SetRange(vma, vma.Start, address, vma.PageOffset);
            Link(other, address, end, offset);
        }

        return 0;
    }

    public VmArea New(VmFlags flags, VmFile? file, string? name)
    {
        VmArea vma = kernel.TakeArea();
        vma.Mm = mm;
        vma.Flags = flags;
        vma.File = file;
        vma.Name = name;
        return vma;
    }

    public VmArea Clone(VmArea source)
    {
        VmArea vma = New(source.Flags, source.File, source.Name);
        vma.Userfault = source.Userfault;
        vma.HugeReserve = source.HugeReserve;
        vma.Device = source.Device;
        vma.Device?.Get();
        return vma;
    }

    public void Link(VmArea vma, ulong start, ulong end, ulong pageOffset)
    {
        vma.Start = start;
        vma.End = end;
        vma.PageOffset = pageOffset;
        _areas.Insert(start, end - 1, vma);
        vma.File?.Mapping.Mappers.Add(vma);
    }

    public void SetRange(VmArea vma, ulong start, ulong end, ulong pageOffset)
    {
        _areas.Resize(vma.Start, start, end - 1);
        vma.Start = start;
        vma.End = end;
        vma.PageOffset = pageOffset;
    }

    public void Remove(VmArea vma)
    {
        _areas.Remove(vma.Start);
        kernel.HugePages.Close(vma);
        vma.Device?.Put();
        UnlinkAnonVmas(vma);
        if (vma.File is { } file)
        {
            file.Mapping.Mappers.Remove(vma);
            file.Mapping.Put();
        }

        kernel.GiveArea(vma);
    }
}
