using KernelModel.Mapping;

namespace Fs.Tmpfs;

/// <summary>A regular file: its bytes are an address_space, made when something first happens to them.</summary>
internal sealed class RegularInode(Superblock superblock, uint mode)
    : Inode(superblock, FileMode.S_IFREG | (mode & FileMode.PermissionBits)), IMappingHost
{
    private AddressSpace? _mapping;

    /// <summary>Pages that go as soon as the kernel forgets the file; see <see cref="Superblock.DoomedPages"/>.</summary>
    public long DoomedPages { get; set; }

    /// <summary>The contents.</summary>
    public AddressSpace Mapping => _mapping ?? MakeMapping();

    /// <summary>The contents if anything ever happened to them.</summary>
    public AddressSpace? MappingIfAny => Volatile.Read(ref _mapping);

    /// <inheritdoc/>
    public override StoreStat Contents => MappingIfAny?.Stat() ?? default;

    /// <inheritdoc/>
    public override void Evict() => _mapping?.Dispose();

    /// <inheritdoc/>
    public void OnPurged()
    {
        lock (this)
            TouchModified();
    }

    /// <inheritdoc/>
    public bool BeginInvalidate(PurgeWindow window) => Superblock.HostCache?.BeginInvalidate(this, window) ?? false;

    private AddressSpace MakeMapping()
    {
        lock (this)
            return _mapping ??= new AddressSpace(Superblock.Domain, this);
    }
}
