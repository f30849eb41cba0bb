namespace KernelModel.Mm;

/// <summary>
/// What a hugetlb mapping maps: a nameless file of hugetlbfs, one a call of mmap (linux: /anon_hugepage). Shared mappings
/// have their pages and reservations here. Indexes are in pages of 2 MiB. Guarded by the model's lock.
/// </summary>
internal sealed class HugeFile
{
    /// <summary>The page cache of the file.</summary>
    public Dictionary<ulong, HugePage> Pages { get; } = [];

    /// <summary>Pages that were reserved, whether or not they were taken since (linux: the inode's resv_map).</summary>
    public HashSet<ulong> Reserved { get; } = [];
}

/// <summary>
/// What a private mapping was promised (linux: a resv_map with HPAGE_RESV_OWNER): every page of it but those that were
/// taken. All pieces of the mapping share it; a child does not have it.
/// </summary>
internal sealed class HugeReserve
{
    /// <summary>Indexes of pages whose promise was kept.</summary>
    public HashSet<ulong> Consumed { get; } = [];
}
