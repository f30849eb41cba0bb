using KernelModel.Mapping;

namespace Fs.Tmpfs;

/// <summary>
/// A file of any type (linux: struct inode). Its fields are guarded by the object's own monitor, which comes after the
/// one of its parent directory in the lock order.
/// </summary>
internal abstract class Inode(Superblock superblock, uint mode)
{
    /// <summary>The mount it belongs to.</summary>
    public Superblock Superblock { get; } = superblock;

    /// <summary>st_ino and the node id of the protocol in one, never used twice; see <see cref="InodeTable"/>.</summary>
    public ulong Ino { get; set; }

    /// <summary>Type and permissions.</summary>
    public uint Mode { get; set; } = mode;

    public uint Uid { get; set; }

    public uint Gid { get; set; }

    /// <summary>st_nlink; 0 for an unlinked file that is still in use.</summary>
    public uint LinkCount { get; set; }

    public Timespec AccessTime { get; set; }

    public Timespec ModifyTime { get; set; }

    public Timespec ChangeTime { get; set; }

    public Timespec BirthTime { get; set; }

    /// <summary>Lookups the kernel has not forgotten yet.</summary>
    public ulong LookupCount { get; set; }

    /// <summary>Names of the file, the latest first; a path is told by the first of them.</summary>
    public Dentry? Aliases { get; set; }

    /// <summary>The name that went last, for who asks for the path of a file that has none any more.</summary>
    public Dentry? FormerAlias { get; set; }

    /// <summary>Extended attributes, null while there are none.</summary>
    public ExtendedAttributes? Attributes { get; set; }

    /// <summary>st_size, and what st_blocks is made of.</summary>
    public virtual StoreStat Contents => default;

    /// <summary>st_rdev as the wire has it.</summary>
    public virtual uint DeviceNumber => 0;

    public bool IsDirectory => FileMode.IsDirectory(Mode);

    /// <summary>Frees what the file holds when neither a name nor the kernel knows it any more.</summary>
    public virtual void Evict()
    {
    }

    /// <summary>
    /// Takes over times that the store has and this inode does not know of, because the kernel wrote to it itself. The
    /// caller holds the monitor.
    /// </summary>
    public virtual void SyncTimes(in StoreStat contents)
    {
    }

    /// <summary>
    /// atime moves as mounts have it by default: when it is not later than the last change, or a day old (fs/inode.c:
    /// relatime_need_update). Takes the monitor.
    /// </summary>
    public void TouchAccessed()
    {
        const long Day = 24 * 60 * 60;
        lock (this)
        {
            if (AccessTime.IsAfter(ModifyTime) && AccessTime.IsAfter(ChangeTime) && Superblock.Now.Seconds - AccessTime.Seconds < Day)
                return;
            AccessTime = Superblock.Now;
        }
    }

    /// <summary>mtime and ctime move (linux: file_update_time). The caller holds the monitor.</summary>
    public void TouchModified() => ModifyTime = ChangeTime = Superblock.Now;

    /// <summary>ctime moves. The caller holds the monitor.</summary>
    public void TouchChanged() => ChangeTime = Superblock.Now;
}
