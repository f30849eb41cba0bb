namespace ProcFs.Nodes;

/// <summary>A directory of /proc.</summary>
public abstract class ProcDirectory(ulong id, string name) : ProcNode(id, name, S_IFDIR | 0x16D)
{
    private const uint S_IFDIR = 0x4000;

    /// <summary>The directory above; the root of the tree names itself.</summary>
    public abstract ulong ParentId { get; }

    /// <summary>Finds a name, or null.</summary>
    public abstract ProcNode? Find(ReadOnlySpan<byte> name, Caller caller);

    /// <summary>
    /// The entries at and after a position, with the position of each; positions grow and stay with their entry while
    /// others come and go.
    /// </summary>
    public abstract IEnumerable<(ulong Position, ProcNode Node)> List(ulong from, Caller caller);
}
