namespace ProcFs.Nodes;

/// <summary>A link of /proc whose target depends on who reads it.</summary>
public abstract class ProcSymlink(ulong id, string name) : ProcNode(id, name, S_IFLNK | 0x1FF)
{
    private const uint S_IFLNK = 0xA000;

    /// <summary>What it points to for a caller, or null (ENOENT).</summary>
    public abstract string? Target(Caller caller);
}

/// <summary><c>self</c>: the process of the caller.</summary>
internal sealed class SelfLink(ulong id) : ProcSymlink(id, "self")
{
    /// <inheritdoc/>
    public override string? Target(Caller caller)
        => caller.ProcessId == 0 ? null : caller.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
