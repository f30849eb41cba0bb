using System.Globalization;
using System.Text;

namespace ProcFs.Nodes;

/// <summary>A link of /proc whose target depends on who reads it.</summary>
/// <param name="id">Its number.</param>
/// <param name="name">Its name.</param>
/// <param name="permissions">Its permissions; 0777 if not said.</param>
public abstract class ProcSymlink(ulong id, string name, uint permissions = 0x1FF) : ProcNode(id, name, S_IFLNK | (permissions & 0xFFF))
{
    private const uint S_IFLNK = 0xA000;

    /// <summary>Whether it leads to what a path may not (openat2(2): RESOLVE_NO_MAGICLINKS), and reading it may wait.</summary>
    public virtual bool IsMagic => false;

    /// <summary>What it points to for a caller.</summary>
    /// <returns>0 or a negative errno.</returns>
    public abstract int Read(Caller reader, out byte[] target);
}

/// <summary><c>self</c>: the process of the caller.</summary>
internal sealed class SelfLink(ulong id) : ProcSymlink(id, "self")
{
    /// <inheritdoc/>
    public override int Read(Caller reader, out byte[] target)
    {
        target = Encoding.UTF8.GetBytes(reader.ProcessId.ToString(CultureInfo.InvariantCulture));
        return reader.ProcessId == 0 ? -Errno.ENOENT : 0;
    }
}

/// <summary><c>thread-self</c>: the thread of the caller.</summary>
internal sealed class ThreadSelfLink(ulong id) : ProcSymlink(id, "thread-self")
{
    /// <inheritdoc/>
    public override int Read(Caller reader, out byte[] target)
    {
        target = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{reader.ProcessId}/task/{reader.ThreadId}"));
        return reader.ProcessId == 0 ? -Errno.ENOENT : 0;
    }
}

/// <summary>
/// <c>cwd</c>, <c>root</c> and <c>exe</c> of a task of the model, which lives at the root and runs no file.
/// </summary>
/// <param name="id">Its number.</param>
/// <param name="name">Its name.</param>
/// <param name="target">Where it leads, or null: -ENOENT (fs/proc/base.c: proc_exe_link).</param>
internal sealed class TaskLink(ulong id, string name, string? target) : ProcSymlink(id, name)
{
    /// <inheritdoc/>
    public override bool IsMagic => true;

    /// <inheritdoc/>
    public override int Read(Caller reader, out byte[] text)
    {
        text = Encoding.UTF8.GetBytes(target ?? "");
        return target is null ? -Errno.ENOENT : 0;
    }
}

/// <summary>A name that stands for another, as <c>mounts</c> for <c>self/mounts</c>.</summary>
internal sealed class FixedLink(ulong id, string name, string target) : ProcSymlink(id, name)
{
    /// <inheritdoc/>
    public override int Read(Caller reader, out byte[] text)
    {
        text = Encoding.UTF8.GetBytes(target);
        return 0;
    }
}
