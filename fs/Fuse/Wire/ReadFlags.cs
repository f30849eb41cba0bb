namespace Fuse;

/// <summary>Bits of <see cref="fuse_read_in.read_flags"/>.</summary>
public static class ReadFlags
{
    /// <summary>The lock owner is valid.</summary>
    public const uint FUSE_READ_LOCKOWNER = 1u << 1;
}
