using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>A time of <see cref="fuse_statx"/>.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_sx_time
{
    /// <summary>Seconds.</summary>
    public long tv_sec;

    /// <summary>Nanoseconds.</summary>
    public uint tv_nsec;

    /// <summary>Not used; keeps the layout.</summary>
    public int __reserved;
}
