using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>proc/vmstat: <c>name value</c> a line, the counters of R70 at the end.</summary>
internal sealed class VmstatFile(ulong id, string name, uint mode, MemoryNumbers memory) : ProcFile(id, name, mode)
{
    /// <inheritdoc/>
    protected override int Show(ProcText text, Caller opener)
    {
        Line(text, "nr_free_pages", memory.Free);
        Line(text, "nr_inactive_anon", memory.Used);
        Line(text, "nr_file_pages", memory.Used);
        Line(text, "nr_shmem", memory.Used);
        Line(text, "pgvrange_scan", memory.Ranges.Scanned);
        Line(text, "pgvrange_discard", memory.Ranges.Discarded);
        Line(text, "pgdiscard_direct", memory.Ranges.DiscardedDirect);
        Line(text, "pgdiscard_kswapd", memory.Ranges.DiscardedBackground);
        return 0;
    }

    private static void Line(ProcText text, string name, long value) => text.Add(name).Add(" ").Add(value).EndLine();
}
