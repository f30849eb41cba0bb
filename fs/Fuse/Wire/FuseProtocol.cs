namespace Fuse;

/// <summary>Numbers of the protocol that belong to no single message.</summary>
public static class FuseProtocol
{
    /// <summary>Major version this library speaks.</summary>
    public const uint FUSE_KERNEL_VERSION = 7;

    /// <summary>Newest minor version this library speaks.</summary>
    public const uint FUSE_KERNEL_MINOR_VERSION = 45;

    /// <summary>Oldest minor version this library speaks.</summary>
    public const uint OldestMinorVersion = 31;

    /// <summary>Node id of the root.</summary>
    public const uint FUSE_ROOT_ID = 1;

    /// <summary>Smallest buffer the device accepts for reading.</summary>
    public const uint FUSE_MIN_READ_BUFFER = 8192;

    /// <summary>Pages of one request without FUSE_MAX_PAGES. fs/fuse/fuse_i.h: FUSE_DEFAULT_MAX_PAGES_PER_REQ.</summary>
    public const uint DefaultMaxPages = 32;
}
