using ProcFs.Host;

namespace ProcFs.Nodes;

/// <summary>A directory with a table of entries that never changes, before what else the host has in it.</summary>
/// <param name="id">Its number.</param>
/// <param name="path">Where the host has it; empty for /proc itself.</param>
/// <param name="parentId">The directory above.</param>
/// <param name="names">The host's names.</param>
/// <param name="entries">The entries of this tree.</param>
internal sealed class MergedDirectory(ulong id, string path, ulong parentId, HostNames names, IReadOnlyList<ProcNode> entries)
    : ProcDirectory(id, path.Length == 0 ? "proc" : path[(path.LastIndexOf('/') + 1)..])
{
    // Above every place of an entry.
    private const ulong FirstHostPosition = 1 << 12;

    /// <inheritdoc/>
    public override ulong ParentId => parentId;

    public IReadOnlyList<ProcNode> Entries => entries;

    /// <inheritdoc/>
    public override ProcNode? Find(ReadOnlySpan<byte> name) => FindEntry(name) ?? names.Find(path, name);

    /// <summary>A name of the table alone.</summary>
    public ProcNode? FindEntry(ReadOnlySpan<byte> name)
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
        ulong fromHost = Math.Max(from, FirstHostPosition) - FirstHostPosition;
        foreach ((ulong position, ProcNode node) in names.List(path, fromHost, caller))
        {
            if (FindEntry(node.Name) is null)
                yield return (FirstHostPosition + position, node);
        }
    }
}
