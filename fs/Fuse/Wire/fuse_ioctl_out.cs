using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Answers IOCTL; the output follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_ioctl_out
{
    /// <summary>What ioctl(2) returns.</summary>
    public int result;

    /// <summary>See <see cref="IoctlFlags"/>.</summary>
    public uint flags;

    /// <summary>Only with FUSE_IOCTL_RETRY.</summary>
    public uint in_iovs;

    /// <summary>Only with FUSE_IOCTL_RETRY.</summary>
    public uint out_iovs;
}
