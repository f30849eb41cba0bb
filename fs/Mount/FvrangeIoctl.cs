using System.Runtime.InteropServices;

namespace Fs.Mount;

/// <summary>struct fvrange of uapi/vrange.h: the argument of FVRANGE_IOC. Stable ABI.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FvrangeIoctl
{
    /// <summary>_IOWR('v', 1, struct fvrange).</summary>
    public const uint FVRANGE_IOC = 0xC0207601;

    /// <summary>Bytes.</summary>
    public ulong Offset;

    /// <summary>Bytes, rounded down to pages.</summary>
    public ulong Length;

    /// <summary>VRANGE_VOLATILE or VRANGE_NONVOLATILE.</summary>
    public uint Mode;

    /// <summary>VRANGE_FULL or VRANGE_PARTIAL.</summary>
    public uint Behavior;

    /// <summary>Out: bytes of the range that had data when they were purged.</summary>
    public ulong PurgedBytes;
}
