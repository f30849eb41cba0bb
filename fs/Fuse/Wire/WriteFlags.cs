namespace Fuse;

/// <summary>Bits of <see cref="fuse_write_in.write_flags"/>.</summary>
public static class WriteFlags
{
    /// <summary>Write-back of the page cache; the handle is a guess.</summary>
    public const uint FUSE_WRITE_CACHE = 1u << 0;

    /// <summary>The lock owner is valid.</summary>
    public const uint FUSE_WRITE_LOCKOWNER = 1u << 1;

    /// <summary>Drop setuid and setgid.</summary>
    public const uint FUSE_WRITE_KILL_SUIDGID = 1u << 2;
}
