namespace KernelModel.Reclaim;

/// <summary>What /proc/meminfo tells, in pages.</summary>
public readonly record struct MemoryInfo
{
#pragma warning disable CS1591 // The names are the keys of /proc/meminfo.
    public long MemTotal { get; init; }
    public long MemFree { get; init; }
    public long MemAvailable { get; init; }
    public long Cached { get; init; }
    public long SwapCached { get; init; }
    public long ActiveAnon { get; init; }
    public long InactiveAnon { get; init; }
    public long ActiveFile { get; init; }
    public long InactiveFile { get; init; }
    public long Unevictable { get; init; }
    public long Mlocked { get; init; }
    public long SwapTotal { get; init; }
    public long SwapFree { get; init; }
    public long Dirty { get; init; }
    public long AnonPages { get; init; }
    public long Mapped { get; init; }
    public long Shmem { get; init; }
    public long SUnreclaim { get; init; }
    public long KernelStack { get; init; }
    public long PageTables { get; init; }
    public long CommittedAs { get; init; }

    // In pages of 2 MiB, as /proc/meminfo has them.
    public long HugePagesTotal { get; init; }
    public long HugePagesFree { get; init; }
    public long HugePagesRsvd { get; init; }
    public long HugePagesSurp { get; init; }
#pragma warning restore CS1591

    /// <summary>Volatile: pages in memory that a purge could take, of all tasks (R70).</summary>
    public long Volatile { get; init; }

    /// <summary>Purged: pages that were purged and not reported yet.</summary>
    public long Purged { get; init; }
}
