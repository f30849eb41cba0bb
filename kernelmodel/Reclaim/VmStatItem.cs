namespace KernelModel.Reclaim;

/// <summary>The counters of /proc/vmstat that the model keeps (R70): pages, events, or kB of pgpgin and pgpgout.</summary>
public enum VmStatItem
{
#pragma warning disable CS1591 // The names are those of /proc/vmstat.
    NrAnonMapped,
    NrFileMapped,
    NrFilePages,
    NrShmem,
    NrDirty,
    NrSwapCached,
    NrMlock,
    PgFault,
    PgMajFault,
    PgReuse,
    PgPgIn,
    PgPgOut,
    PswpIn,
    PswpOut,
    PgFree,
    PgActivate,
    PgDeactivate,
    PgLazyFree,
    PgLazyFreed,
    PgScanKswapd,
    PgScanDirect,
    PgStealKswapd,
    PgStealDirect,
    PgScanAnon,
    PgScanFile,
    PgStealAnon,
    PgStealFile,
    UnevictableMlocked,
    UnevictableMunlocked,
    UnevictableCleared,
    PgDiscardDirect,
    PgDiscardKswapd,
    OomKill,
    Count,
#pragma warning restore CS1591
}
