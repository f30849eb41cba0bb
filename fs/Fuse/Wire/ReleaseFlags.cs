namespace Fuse;

/// <summary>Bits of <see cref="fuse_release_in.release_flags"/>.</summary>
public static class ReleaseFlags
{
    /// <summary>Flush as well.</summary>
    public const uint FUSE_RELEASE_FLUSH = 1u << 0;

    /// <summary>Drop the flock lock as well.</summary>
    public const uint FUSE_RELEASE_FLOCK_UNLOCK = 1u << 1;
}
