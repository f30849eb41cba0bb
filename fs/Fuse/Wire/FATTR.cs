namespace Fuse;

/// <summary>Bits of <see cref="fuse_setattr_in.valid"/>.</summary>
public static class FATTR
{
    /// <summary>Set the mode.</summary>
    public const uint FATTR_MODE = 1u << 0;

    /// <summary>Set the owner.</summary>
    public const uint FATTR_UID = 1u << 1;

    /// <summary>Set the group.</summary>
    public const uint FATTR_GID = 1u << 2;

    /// <summary>Set the length.</summary>
    public const uint FATTR_SIZE = 1u << 3;

    /// <summary>Set the access time.</summary>
    public const uint FATTR_ATIME = 1u << 4;

    /// <summary>Set the modification time.</summary>
    public const uint FATTR_MTIME = 1u << 5;

    /// <summary>The handle is valid.</summary>
    public const uint FATTR_FH = 1u << 6;

    /// <summary>The access time is now.</summary>
    public const uint FATTR_ATIME_NOW = 1u << 7;

    /// <summary>The modification time is now.</summary>
    public const uint FATTR_MTIME_NOW = 1u << 8;

    /// <summary>The lock owner is valid.</summary>
    public const uint FATTR_LOCKOWNER = 1u << 9;

    /// <summary>Set the change time.</summary>
    public const uint FATTR_CTIME = 1u << 10;

    /// <summary>Drop setuid and setgid.</summary>
    public const uint FATTR_KILL_SUIDGID = 1u << 11;
}
