using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Argument of FUSE_DEV_IOC_BACKING_OPEN.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_backing_map
{
    /// <summary>Descriptor of the backing file.</summary>
    public int fd;

    /// <summary>Must be 0.</summary>
    public uint flags;

    /// <summary>Must be 0.</summary>
    public ulong padding;
}
