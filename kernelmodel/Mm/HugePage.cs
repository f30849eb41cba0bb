namespace KernelModel.Mm;

/// <summary>
/// One page of 2 MiB (linux: a hugetlb folio). It is on no LRU, in no RSS and never swapped. Its bytes come frame by frame
/// as they are stored. Guarded by the model's lock.
/// </summary>
internal sealed class HugePage
{
    /// <summary>4 KiB frames, 0 for what holds nothing but zeros.</summary>
    public readonly nint[] Frames = new nint[HugeSize.Frames];

    /// <summary>Its first frame number: the pool's are numbered behind all others.</summary>
    public required ulong Pfn { get; init; }

    /// <summary>Page tables that map it.</summary>
    public int MapCount { get; set; }

    /// <summary>The file whose page it is, or null for a private page.</summary>
    public HugetlbFile? Cache { get; set; }

    /// <summary>folio_test_hugetlb_restore_reserve: when it is freed, a reservation comes back.</summary>
    public bool RestoreReserve { get; set; }
}

/// <summary>Sizes of 2 MiB pages.</summary>
internal static class HugeSize
{
    public const int Shift = 21;
    public const ulong Bytes = 1UL << Shift;
    public const ulong Mask = ~(Bytes - 1);

    /// <summary>Pages of 4 KiB in it.</summary>
    public const int Frames = 512;
}
