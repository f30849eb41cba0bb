using KernelModel.Mapping;

namespace Fs.Tmpfs;

/// <summary>A regular file: its bytes are an address_space, made when something first happens to them.</summary>
internal sealed class RegularInode(Superblock superblock, uint mode)
    : Inode(superblock, FileMode.S_IFREG | (mode & FileMode.PermissionBits)), IMappingHost
{
    private AddressSpace? _mapping; // written under the monitor, read without
    private KeptAttributes _kept; // monitor

    // Times of the store that this inode has taken over, 0 before the first look; one that differs is news. Under the monitor.
    private long _storeModified;
    private long _storeAccessed;

    /// <inheritdoc/>
    public MappingDomain Domain => Superblock.Domain;

    /// <inheritdoc/>
    public uint OwnerUid => Uid;

    /// <summary>Pages that are counted in <see cref="Superblock.Removed"/>.</summary>
    public long RemovedPages { get; set; }

    /// <summary>With passthrough: the attributes that the kernel may have.</summary>
    public ref KeptAttributes Kept => ref _kept;

    /// <summary>The contents.</summary>
    public AddressSpace Mapping => _mapping ?? MakeMapping();

    /// <summary>The contents if anything ever happened to them.</summary>
    public AddressSpace? MappingIfAny => Volatile.Read(ref _mapping);

    /// <inheritdoc/>
    public override StoreStat Contents => MappingIfAny?.Stat() ?? default;

    /// <inheritdoc/>
    public override void SyncTimes(in StoreStat contents)
    {
        if (_storeModified == 0)
        {
            (_storeModified, _storeAccessed) = (contents.Modified, contents.Accessed);
            return;
        }

        if (contents.Modified != _storeModified)
        {
            _storeModified = contents.Modified;
            ModifyTime = ChangeTime = Timespec.FromNanoseconds(contents.Modified);
        }

        if (contents.Accessed != _storeAccessed)
        {
            _storeAccessed = contents.Accessed;
            AccessTime = Timespec.FromNanoseconds(contents.Accessed);
        }
    }

    /// <summary>The times that the store has at the first look are no news. The caller holds the monitor.</summary>
    public void FindStoreTimes()
    {
        if (_storeModified == 0)
            SyncTimes(Contents);
    }

    /// <inheritdoc/>
    public override void Evict() => _mapping?.Dispose();

    /// <inheritdoc/>
    public void OnPurged()
    {
        bool stale;
        lock (this)
        {
            TouchModified();
            stale = _kept.Forget();
        }

        if (stale)
            Superblock.ForgetAttributes?.Invoke(Ino);
    }

    /// <inheritdoc/>
    public bool BeginInvalidate(PurgeWindow window) => Superblock.HostCache?.BeginInvalidate(this, window) ?? false;

    /// <inheritdoc/>
    public void OnStoredBehind(ulong first, ulong last) => Superblock.HostCache?.Invalidate(this, first, last);

    /// <inheritdoc/>
    public void OnUnheld() => Superblock.EvictIfUnused(this);

    private AddressSpace MakeMapping()
    {
        lock (this)
            return _mapping ??= new AddressSpace(this);
    }
}
