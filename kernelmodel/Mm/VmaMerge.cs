namespace KernelModel.Mm;

/// <summary>What a merge is about (linux: struct vma_merge_struct): a range with the properties it shall have.</summary>
internal struct VmaMerge
{
    public VmArea? Prev;
    public VmArea? Middle;
    public VmArea? Next;
    public ulong Start;
    public ulong End;
    public ulong PageOffset;
    public VmFlags Flags;
    public VmFile? File;
    public string? Name;
    public AnonVma? AnonVma;
    public UserfaultContext? Userfault;

    /// <summary>The VMA that mremap copies, when the range is new but its pages are not.</summary>
    public VmArea? CopiedFrom;
}
