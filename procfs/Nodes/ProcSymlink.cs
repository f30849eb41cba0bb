namespace ProcFs.Nodes;

/// <summary>A link of /proc whose target depends on who reads it.</summary>
public abstract class ProcSymlink(ulong id, string name) : ProcNode(id, name, S_IFLNK | 0x1FF)
{
    private const uint S_IFLNK = 0xA000;

    /// <summary>What it points to for a thread, or null (ENOENT).</summary>
    public abstract string? Target(int threadId);
}

/// <summary><c>self</c>: the process of the thread that asks.</summary>
internal sealed class SelfLink(ulong id, IHostTasks tasks) : ProcSymlink(id, "self")
{
    /// <inheritdoc/>
    public override string? Target(int threadId)
    {
        int pid = tasks.ProcessOf(threadId);
        return pid == 0 ? null : pid.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
