namespace ProcFs.Nodes;

/// <summary>A directory with a table of entries that never changes.</summary>
internal sealed class FixedDirectory(ulong id, string name, ulong parentId, IReadOnlyList<ProcNode> entries) : ProcDirectory(id, name)
{
    /// <inheritdoc/>
    public override ulong ParentId => parentId;

    public IReadOnlyList<ProcNode> Entries => entries;

    /// <inheritdoc/>
    public override ProcNode? Find(ReadOnlySpan<byte> name)
    {
        foreach (ProcNode entry in entries)
        {
            if (name.SequenceEqual(entry.Name))
                return entry;
        }

        return null;
    }

    /// <inheritdoc/>
    public override IEnumerable<(ulong Position, ProcNode Node)> List(ulong from, Caller caller)
    {
        for (ulong i = from; i < (ulong)entries.Count; i++)
            yield return (i, entries[(int)i]);
    }
}
