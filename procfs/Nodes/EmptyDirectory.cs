namespace ProcFs.Nodes;

/// <summary>A directory of a task that has nothing in it, as <c>fd</c> of one that has no descriptors.</summary>
internal sealed class EmptyDirectory(ulong id, string name, uint permissions, ulong parentId) : ProcDirectory(id, name, permissions)
{
    /// <inheritdoc/>
    public override ulong ParentId => parentId;

    /// <inheritdoc/>
    public override ProcNode? Find(ReadOnlySpan<byte> name) => null;

    /// <inheritdoc/>
    public override IEnumerable<(ulong Position, ProcNode Node)> List(ulong from, Caller caller) => [];
}
