namespace Fuse;

/// <summary>Bits of <see cref="fuse_fsync_in.fsync_flags"/>.</summary>
public static class FsyncFlags
{
    /// <summary>The data only.</summary>
    public const uint FUSE_FSYNC_FDATASYNC = 1u << 0;
}
