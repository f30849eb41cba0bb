namespace KernelModel.Mm;

/// <summary>
/// One mapping of an address space (linux: struct vm_area_struct). Pooled; every field is guarded by the lock of the
/// model its mm belongs to.
/// </summary>
internal sealed class VmArea
{
    /// <summary>First byte.</summary>
    public ulong Start { get; internal set; }

    /// <summary>End in bytes, exclusive.</summary>
    public ulong End { get; internal set; }

    /// <summary>vm_flags.</summary>
    public VmFlags Flags { get; internal set; }

    /// <summary>
    /// vm_pgoff, in pages: the offset in the file, or for private anonymous memory the page number it was mapped at.
    /// </summary>
    public ulong PageOffset { get; internal set; }

    /// <summary>What is mapped, or null for private anonymous memory.</summary>
    public VmFile? File { get; internal set; }

    /// <summary>The address space it belongs to.</summary>
    public MmStruct Mm { get; internal set; } = null!;

    /// <summary>A name for areas without a file, such as <c>[heap]</c>, or null.</summary>
    public string? Name { get; internal set; }

    /// <summary>The userfaultfd it is registered with, or null.</summary>
    internal UserfaultContext? Userfault { get; set; }

    /// <summary>Where its new anonymous pages are kept findable, or null before the first (linux: vma->anon_vma).</summary>
    internal AnonVma? AnonVma { get; set; }

    /// <summary>Every anon_vma that may hold pages of it: its own and those of its ancestors (linux: anon_vma_chain).</summary>
    internal List<AnonVmaChain> AnonChain { get; } = [];

    /// <summary>Its place in <see cref="PageCache.Mappers"/> while it has a file.</summary>
    internal int MapperInterval { get; set; }

    /// <summary>Whether it waits in the <see cref="Reclaim.VolatileAreas"/>; it may be given back to the pool meanwhile.</summary>
    internal bool IsPurgeQueued { get; set; }

    /// <summary>Where the next purge of it goes on.</summary>
    internal ulong PurgeFrom { get; set; }

    /// <summary>Whether a purge had to leave pages of it; see <see cref="Reclaim.VolatileAreas.RetrySpared"/>.</summary>
    internal bool IsPurgeSpared { get; set; }

    /// <summary>What a private hugetlb area was promised, or null: then it takes what there is.</summary>
    internal HugeReserve? HugeReserve { get; set; }

    /// <summary>Device memory behind a special area, or null.</summary>
    internal DeviceMemory? Device { get; set; }

    /// <summary>Pages it spans.</summary>
    public ulong Pages => (End - Start) >> Mapping.PageSize.Shift;

    /// <summary>Private memory without a file: vma_is_anonymous().</summary>
    public bool IsAnonymous => File is null && Device is null;

    internal bool IsHuge => (Flags & VmFlags.HugeTlb) != 0;

    internal HugetlbFile HugetlbFile => (HugetlbFile)File!.Mapping;

    internal bool IsSpecial => (Flags & VmFlags.Special) != 0;

    /// <summary>Whether its pages may not leave memory.</summary>
    internal bool IsUnevictable => (Flags & (VmFlags.Locked | VmFlags.Pinned)) != 0 && !IsSpecial;

    /// <summary>mm/internal.h: is_cow_mapping.</summary>
    internal bool IsCow => (Flags & (VmFlags.Shared | VmFlags.MayWrite)) == VmFlags.MayWrite;

    /// <summary>The last index it spans.</summary>
    internal ulong LastIndex => PageOffset + Pages - 1;

    /// <summary>The page of the file, or of the anonymous index space, behind an address.</summary>
    internal ulong IndexOf(ulong address) => PageOffset + ((address - Start) >> Mapping.PageSize.Shift);

    /// <summary>The same in pages of 2 MiB.</summary>
    internal ulong HugeIndexOf(ulong address) => IndexOf(address & HugeSize.Mask) / HugeSize.Frames;

    internal bool Contains(ulong address) => address >= Start && address < End;

    internal void Reset()
    {
        Mm = null!;
        File = null;
        Name = null;
        Userfault = null;
        AnonVma = null;
        HugeReserve = null;
        Device = null;
        AnonChain.Clear();
        Flags = VmFlags.None;
    }
}
