using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>IOCTL; the input follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_ioctl_in
{
    /// <summary>The handle OPEN answered.</summary>
    public ulong fh;

    /// <summary>See <see cref="IoctlFlags"/>.</summary>
    public uint flags;

    /// <summary>The command.</summary>
    public uint cmd;

    /// <summary>The argument of ioctl(2).</summary>
    public ulong arg;

    /// <summary>Bytes that follow.</summary>
    public uint in_size;

    /// <summary>Most bytes to answer.</summary>
    public uint out_size;
}
