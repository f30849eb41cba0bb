namespace KernelModel.Mm;

/// <summary>
/// What a hugetlb mapping maps: a nameless file of hugetlbfs, one a call of mmap (linux: /anon_hugepage). Shared mappings
/// have their pages and reservations here. Indexes are in pages of 2 MiB. Guarded by the model's lock.
/// </summary>
internal sealed class HugetlbFile : PageCache
{
    internal HugetlbFile(Kernel kernel, int id, ulong inode, long size)
        : base(kernel, id, inode)
    {
        Size = size;
    }

    /// <inheritdoc/>
    public override long Size { get; }

    /// <summary>The pages of the file.</summary>
    internal Dictionary<ulong, HugePage> HugePages { get; } = [];

    /// <summary>Pages that were reserved, whether or not they were taken since (linux: the inode's resv_map).</summary>
    internal HashSet<ulong> Reserved { get; } = [];

    /// <summary>Nothing is read ahead: pages are made by faults.</summary>
    internal override void ReadAhead(ulong first, ulong last)
    {
    }

    private protected override void Evict() => Kernel.HugePages.Evict(this);
}
