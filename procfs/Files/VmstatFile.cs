using KernelModel.Reclaim;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>proc/vmstat: <c>name value</c> a line, as far as the model counts, the counters of R70 at the end.</summary>
internal sealed class VmstatFile(ulong id, string name, uint mode, MemoryNumbers memory) : ProcFile(id, name, mode)
{
    // In the kernel's order.
    private static readonly (string Name, Func<Numbers, long> Value)[] s_lines =
    [
        ("nr_free_pages", static now => now.Files.FilesTotal - now.Files.FilesUsed + now.Info.MemFree),
        ("nr_mlock", static now => now.Of(VmStatItem.NrMlock)),
        ("nr_inactive_anon", static now => now.Files.FilesUsed + now.Info.InactiveAnon),
        ("nr_active_anon", static now => now.Info.ActiveAnon),
        ("nr_inactive_file", static now => now.Info.InactiveFile),
        ("nr_active_file", static now => now.Info.ActiveFile),
        ("nr_unevictable", static now => now.Info.Unevictable),
        ("nr_slab_reclaimable", static _ => 0),
        ("nr_slab_unreclaimable", static now => now.Info.SUnreclaim),
        ("nr_anon_pages", static now => now.Of(VmStatItem.NrAnonMapped)),
        ("nr_mapped", static now => now.Of(VmStatItem.NrFileMapped)),
        ("nr_file_pages", static now => now.Files.FilesUsed + now.Of(VmStatItem.NrFilePages) + now.Of(VmStatItem.NrSwapCached)),
        ("nr_dirty", static now => now.Of(VmStatItem.NrDirty)),
        ("nr_writeback", static _ => 0),
        ("nr_shmem", static now => now.Files.FilesUsed + now.Of(VmStatItem.NrShmem)),
        ("nr_page_table_pages", static now => now.Info.PageTables),
        ("nr_swapcached", static now => now.Of(VmStatItem.NrSwapCached)),
        ("pgpgin", static now => now.Of(VmStatItem.PgPgIn)),
        ("pgpgout", static now => now.Of(VmStatItem.PgPgOut)),
        ("pswpin", static now => now.Of(VmStatItem.PswpIn)),
        ("pswpout", static now => now.Of(VmStatItem.PswpOut)),
        ("pgfree", static now => now.Of(VmStatItem.PgFree)),
        ("pgactivate", static now => now.Of(VmStatItem.PgActivate)),
        ("pgdeactivate", static now => now.Of(VmStatItem.PgDeactivate)),
        ("pglazyfree", static now => now.Of(VmStatItem.PgLazyFree)),
        ("pgfault", static now => now.Of(VmStatItem.PgFault)),
        ("pgmajfault", static now => now.Of(VmStatItem.PgMajFault)),
        ("pglazyfreed", static now => now.Of(VmStatItem.PgLazyFreed)),
        ("pgreuse", static now => now.Of(VmStatItem.PgReuse)),
        ("pgsteal_kswapd", static now => now.Of(VmStatItem.PgStealKswapd)),
        ("pgsteal_direct", static now => now.Of(VmStatItem.PgStealDirect)),
        ("pgscan_kswapd", static now => now.Of(VmStatItem.PgScanKswapd)),
        ("pgscan_direct", static now => now.Of(VmStatItem.PgScanDirect)),
        ("pgscan_anon", static now => now.Of(VmStatItem.PgScanAnon)),
        ("pgscan_file", static now => now.Of(VmStatItem.PgScanFile)),
        ("pgsteal_anon", static now => now.Of(VmStatItem.PgStealAnon)),
        ("pgsteal_file", static now => now.Of(VmStatItem.PgStealFile)),
        ("oom_kill", static now => now.Of(VmStatItem.OomKill)),
        ("unevictable_pgs_mlocked", static now => now.Of(VmStatItem.UnevictableMlocked)),
        ("unevictable_pgs_munlocked", static now => now.Of(VmStatItem.UnevictableMunlocked)),
        ("unevictable_pgs_cleared", static now => now.Of(VmStatItem.UnevictableCleared)),
        ("pgvrange_scan", static now => now.Files.Ranges.Scanned),
        ("pgvrange_discard", static now => now.Files.Ranges.Discarded),
        ("pgdiscard_direct", static now => now.Files.Ranges.DiscardedDirect),
        ("pgdiscard_kswapd", static now => now.Files.Ranges.DiscardedBackground),
    ];

    /// <inheritdoc/>
    protected override int Show(ProcText text, Caller opener)
    {
        var now = new Numbers(memory);
        foreach ((string line, Func<Numbers, long> value) in s_lines)
            text.Add(line).Add(" ").Add(value(now)).EndLine();
        return 0;
    }

    private sealed class Numbers
    {
        private readonly long[] _items = new long[(int)VmStatItem.Count];

        public Numbers(MemoryNumbers memory)
        {
            Files = memory;
            Info = memory.Machine.GetMemoryInfo();
            memory.Machine.ReadVmStat(_items);
        }

        public MemoryNumbers Files { get; }

        public MemoryInfo Info { get; }

        public long Of(VmStatItem item) => _items[(int)item];
    }
}
