using System.Text;

namespace ProcFs.Nodes;

/// <summary>A name in /proc with what stat shows of it (linux: struct proc_dir_entry).</summary>
/// <param name="id">Number, unique in the tree; see <see cref="ProcIds"/>.</param>
/// <param name="name">Name in its directory.</param>
/// <param name="mode">Type and permissions.</param>
public abstract class ProcNode(ulong id, string name, uint mode)
{
    /// <summary>st_ino without the bit that sets it apart from the files of the mount.</summary>
    public ulong Id { get; } = id;

    /// <summary>The name in its directory.</summary>
    public byte[] Name { get; } = Encoding.UTF8.GetBytes(name);

    /// <summary>st_mode.</summary>
    public uint Mode { get; } = mode;

    /// <summary>Owner.</summary>
    public uint Uid { get; internal set; }

    /// <summary>Group.</summary>
    public uint Gid { get; internal set; }

    /// <summary>st_size of what is no file, in bytes.</summary>
    public virtual long Size => 0;

    /// <summary>Whether the name always means the same, so that the kernel may remember it.</summary>
    public bool IsPermanent => !ProcIds.IsTask(Id) && !ProcIds.IsHost(Id);
}
