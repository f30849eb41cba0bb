namespace Fuse;

/// <summary>Bits of <see cref="fuse_ioctl_in.flags"/> and <see cref="fuse_ioctl_out.flags"/>.</summary>
public static class IoctlFlags
{
    /// <summary>A 32 bit caller on a 64 bit kernel.</summary>
    public const uint FUSE_IOCTL_COMPAT = 1u << 0;

    /// <summary>Any command; retry is allowed.</summary>
    public const uint FUSE_IOCTL_UNRESTRICTED = 1u << 1;

    /// <summary>Ask again with other vectors.</summary>
    public const uint FUSE_IOCTL_RETRY = 1u << 2;

    /// <summary>A 32 bit caller.</summary>
    public const uint FUSE_IOCTL_32BIT = 1u << 3;

    /// <summary>The file is a directory.</summary>
    public const uint FUSE_IOCTL_DIR = 1u << 4;

    /// <summary>An x32 caller.</summary>
    public const uint FUSE_IOCTL_COMPAT_X32 = 1u << 5;
}
