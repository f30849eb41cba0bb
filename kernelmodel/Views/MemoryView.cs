namespace KernelModel.Views;

/// <summary>What an address space adds up to, in pages: the memory of /proc/PID/status, stat and statm.</summary>
public sealed record MemoryView
{
    /// <summary>VmPeak.</summary>
    public required long PeakVm { get; init; }

    /// <summary>VmSize.</summary>
    public required long TotalVm { get; init; }

    /// <summary>VmLck (R54).</summary>
    public required long LockedVm { get; init; }

    /// <summary>VmPin (R54).</summary>
    public required long PinnedVm { get; init; }

    /// <summary>VmHWM.</summary>
    public required long PeakRss { get; init; }

    /// <summary>RssAnon.</summary>
    public required long AnonRss { get; init; }

    /// <summary>RssFile.</summary>
    public required long FileRss { get; init; }

    /// <summary>RssShmem.</summary>
    public required long ShmemRss { get; init; }

    /// <summary>VmData.</summary>
    public required long DataVm { get; init; }

    /// <summary>VmStk.</summary>
    public required long StackVm { get; init; }

    /// <summary>VmLib: no program was loaded, so that nothing executable is its text.</summary>
    public required long ExecVm { get; init; }

    /// <summary>VmPTE: tables and directories, without the topmost (linux: mm_pgtables_bytes).</summary>
    public required long PageTables { get; init; }

    /// <summary>VmSwap.</summary>
    public required long Swap { get; init; }

    /// <summary>HugetlbPages, in pages of 4 KiB.</summary>
    public required long Hugetlb { get; init; }

    /// <summary>start_brk, in bytes.</summary>
    public required ulong HeapStart { get; init; }

    /// <summary>VmRSS.</summary>
    public long Rss => AnonRss + FileRss + ShmemRss;
}
