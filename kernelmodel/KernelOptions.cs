using KernelModel.Vrange;

namespace KernelModel;

/// <summary>The size of a machine.</summary>
public sealed record KernelOptions
{
    /// <summary>Usable memory in pages of 4 KiB.</summary>
    public int TotalPages { get; init; } = 65536;

    /// <summary>Swap in pages; 0 is none.</summary>
    public int SwapPages { get; init; }

    /// <summary>
    /// Pages of 2 MiB that hugetlb may take on demand (vm.nr_overcommit_hugepages); if not said half of memory, so that
    /// hugetlb works although the pool starts empty.
    /// </summary>
    public int? OvercommitHugePages { get; init; }

    internal int HugePagesOnDemand => OvercommitHugePages ?? TotalPages / 2 / Mm.HugeSize.Frames;

    /// <summary>
    /// Whether a page that was only read is a page of its own, as some kernels that run as a guest have it (linux:
    /// mm_forbids_zeropage).
    /// </summary>
    public bool ForbidsZeroPage { get; init; }

    /// <summary>The first pid handed out.</summary>
    public int FirstPid { get; init; } = 1;

    /// <summary>Ticks of 1/100 s since the machine booted, for the start of a task. Waits for nothing.</summary>
    public Func<long> Clock { get; init; } = static () => 0;

    /// <summary>The range LRU to share with others, or null for one of its own.</summary>
    public VrangeLru? Ranges { get; init; }

    /// <summary>Free pages that only who frees memory may take (vm.min_free_kbytes) when the machine boots.</summary>
    internal int MinFreePages => Math.Max(4, TotalPages / 128);
}
