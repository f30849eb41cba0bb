namespace Fuse;

/// <summary>Bits of <see cref="fuse_open_in.open_flags"/> and <see cref="fuse_create_in.open_flags"/>.</summary>
public static class OpenInFlags
{
    /// <summary>Drop setuid and setgid: O_TRUNC.</summary>
    public const uint FUSE_OPEN_KILL_SUIDGID = 1u << 0;
}
