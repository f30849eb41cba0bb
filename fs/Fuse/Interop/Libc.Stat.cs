using System.Runtime.InteropServices;

namespace Fuse;

// include/uapi/linux/stat.h
internal static unsafe partial class Libc
{
    internal const int AT_FDCWD = -100;
    internal const int AT_EMPTY_PATH = 0x1000;
    internal const int AT_STATX_FORCE_SYNC = 0x2000;
    internal const uint STATX_TYPE = 1;
    internal const int S_IFMT = 0xF000;
    internal const int S_IFCHR = 0x2000;
    internal const int S_IFDIR = 0x4000;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int statx(int directory, byte* path, int flags, uint mask, Statx* result);

    /// <summary>struct statx, as far as it is used here.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct Statx
    {
        [FieldOffset(28)]
        internal ushort stx_mode;

        [FieldOffset(128)]
        internal uint stx_rdev_major;

        [FieldOffset(132)]
        internal uint stx_rdev_minor;
    }
}
