using KernelModel.Mapping;

namespace Fs.Tmpfs;

/// <summary>
/// A file of any type (linux: struct inode). Its fields are guarded by the object's own monitor, which comes after the
/// one of its parent directory in the lock order.
/// </summary>
internal abstract class Inode(Superblock superblock, uint mode)
{
    // Seconds and nanoseconds apart, as in struct inode since Linux 6.11: four times would have four gaps.
    private long _accessSeconds;
    private long _modifySeconds;
    private long _changeSeconds;
    private long _birthSeconds;
    private uint _accessNanoseconds;
    private uint _modifyNanoseconds;
    private uint _changeNanoseconds;
    private uint _birthNanoseconds;

    // In a directory the name is the same object.
    private DirectoryInode? _nameParent;
    private byte[]? _name;

    // Further hard links, null while there never were any.
    private List<Dentry>? _otherNames;

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

    public Timespec AccessTime
    {
        get => new(_accessSeconds, _accessNanoseconds);
        set => (_accessSeconds, _accessNanoseconds) = (value.Seconds, value.Nanoseconds);
    }

    public Timespec ModifyTime
    {
        get => new(_modifySeconds, _modifyNanoseconds);
        set => (_modifySeconds, _modifyNanoseconds) = (value.Seconds, value.Nanoseconds);
    }

    public Timespec ChangeTime
    {
        get => new(_changeSeconds, _changeNanoseconds);
        set => (_changeSeconds, _changeNanoseconds) = (value.Seconds, value.Nanoseconds);
    }

    public Timespec BirthTime
    {
        get => new(_birthSeconds, _birthNanoseconds);
        set => (_birthSeconds, _birthNanoseconds) = (value.Seconds, value.Nanoseconds);
    }

    /// <summary>Lookups the kernel has not forgotten yet.</summary>
    public ulong LookupCount { get; set; }

    /// <summary>
    /// The name by which a path is told: the latest, or for a file that has none any more the one that went last. Null
    /// for a file that never had one.
    /// </summary>
    public Dentry? Name => _nameParent is null ? null : new Dentry(_nameParent, _name!);

    /// <summary>Whether <see cref="Name"/> is still there.</summary>
    public bool HasName { get; private set; }

    /// <summary>Extended attributes, null while there are none.</summary>
    public ExtendedAttributes? Attributes { get; set; }

    /// <summary>What it counts of <see cref="Superblock.InodeSpace"/>, in bytes.</summary>
    public virtual long Space => InodeSpace.InodeSize + (Attributes?.Space ?? 0);

    /// <summary>st_size, and what st_blocks is made of.</summary>
    public virtual StoreStat Contents => default;

    /// <summary>st_rdev as the wire has it.</summary>
    public virtual uint DeviceNumber => 0;

    public bool IsDirectory => FileMode.IsDirectory(Mode);

    /// <summary>The file has one name more. The caller holds the monitor.</summary>
    public void AddName(Dentry name)
    {
        if (HasName)
            (_otherNames ??= []).Add(Name!.Value);
        (_nameParent, _name) = (name.Parent, name.Name);
        HasName = true;
    }

    /// <summary>The file has one name less. The caller holds the monitor.</summary>
    public void RemoveName(Dentry name)
    {
        if (Name != name)
        {
            _otherNames!.Remove(name);
        }
        else if (_otherNames is [.., Dentry other])
        {
            (_nameParent, _name) = (other.Parent, other.Name);
            _otherNames.RemoveAt(_otherNames.Count - 1);
        }
        else
        {
            HasName = false;
        }
    }

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
