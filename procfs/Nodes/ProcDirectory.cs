namespace ProcFs.Nodes;

/// <summary>A directory of /proc.</summary>
/// <param name="id">Its number.</param>
/// <param name="name">Its name.</param>
/// <param name="permissions">Its permissions; 0555 if not said.</param>
public abstract class ProcDirectory(ulong id, string name, uint permissions = 0x16D) : ProcNode(id, name, S_IFDIR | permissions)
{
    private const uint S_IFDIR = 0x4000;

    /// <summary>The directory above; the root of the tree names itself.</summary>
    public abstract ulong ParentId { get; }

    /// <summary>Whether a name will never be there, so that the kernel may remember that it is not.</summary>
    public virtual bool NeverHas(ReadOnlySpan<byte> name) => false;

    /// <summary>Finds a name, or null. Waits for nothing: the kernel keeps the directory locked meanwhile.</summary>
    public abstract ProcNode? Find(ReadOnlySpan<byte> name);

    /// <summary>
    /// What the mode does not say: whether somebody may list it. May look at processes of the host, as listing may.
    /// </summary>
    /// <returns>0 or a negative errno.</returns>
    public virtual int Open(Caller opener) => 0;

    /// <summary>
    /// The entries at and after a position, with the position of each; positions grow and stay with their entry while
    /// others come and go. May look at processes of the host: bounded, and not on a thread that serves requests.
    /// </summary>
    public abstract IEnumerable<(ulong Position, ProcNode Node)> List(ulong from, Caller caller);
}
