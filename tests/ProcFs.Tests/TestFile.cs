using KernelModel.Mapping;

namespace ProcFs.Tests;

internal sealed class TestFile(MappingDomain domain, ulong ino, byte[] path, uint uid) : IMountFile, IMappingHost
{
    private AddressSpace? _mapping;

    public ulong Ino => ino;

    public AddressSpace Mapping => _mapping ??= new AddressSpace(this);

    public MappingDomain Domain => domain;

    public uint Uid => uid;

    public uint OwnerUid => uid;

    /// <summary>Whether it has no name any more.</summary>
    public bool IsDeleted { get; set; }

    public byte[] Path(out bool isDeleted)
    {
        isDeleted = IsDeleted;
        return path;
    }

    public void OnPurged()
    {
    }

    /// <summary>The host's page cache does not let go of what is purged until it is told to.</summary>
    public bool HoldsPurges { get; set; }

    public List<PurgeWindow> Purges { get; } = [];

    public bool BeginInvalidate(PurgeWindow window)
    {
        if (HoldsPurges)
            Purges.Add(window);
        return HoldsPurges;
    }
}
