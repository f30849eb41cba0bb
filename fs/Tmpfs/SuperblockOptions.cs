namespace Fs.Tmpfs;

/// <summary>What is fixed when the tree is made.</summary>
internal sealed record SuperblockOptions
{
    /// <summary>Inodes, 0 for no limit.</summary>
    public long MaxInodes { get; init; }

    /// <summary>Permission bits of the root directory.</summary>
    public uint RootMode { get; init; } = FileMode.S_ISVTX | 0x1FF;

    public uint RootUid { get; init; }

    public uint RootGid { get; init; }

    /// <summary>R10.</summary>
    public bool SigbusOnPurged { get; init; }
}
