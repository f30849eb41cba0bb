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

    /// <summary>Who mounts.</summary>
    public uint Owner { get; init; }

    /// <summary>Ranges, tombstones and runs of lost pages that the files of a user may have.</summary>
    public long RangeShare { get; init; } = 1 << 18;

    /// <summary>The same for root and the owner of the mount.</summary>
    public long OwnerRangeShare { get; init; } = 1 << 24;

    /// <summary>Whether walks follow links as fs.protected_symlinks of the host wants it; asked each time.</summary>
    public Func<bool> ProtectsSymlinks { get; init; } = static () => true;

    /// <summary>R10.</summary>
    public bool SigbusOnPurged { get; init; }
}
