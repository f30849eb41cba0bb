using System.Runtime.InteropServices;

namespace Fuse;

internal static unsafe partial class Libc
{
    internal const nuint MS_RDONLY = 1;
    internal const nuint MS_NOSUID = 2;
    internal const nuint MS_NODEV = 4;
    internal const nuint MS_NOEXEC = 8;
    internal const int MNT_DETACH = 2;
    internal const int UMOUNT_NOFOLLOW = 8;

    // The same numbers on every architecture; the C library has had wrappers only since 2.36.
    internal const nint SYS_fsopen = 430;
    internal const nint SYS_fsconfig = 431;
    internal const nint SYS_fsmount = 432;
    internal const nint FSOPEN_CLOEXEC = 1;
    internal const nint FSMOUNT_CLOEXEC = 1;
    internal const nint FSCONFIG_CMD_CREATE = 6;

    // Paths of mount points are bytes: they need not be UTF-8.
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mount(string source, byte* target, string type, nuint flags, string data);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int umount2(byte* target, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial byte* realpath(byte* path, byte* resolved);

    [LibraryImport("libc")]
    internal static partial uint geteuid();

    [LibraryImport("libc")]
    internal static partial uint getegid();

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint syscall(
        nint number, nint first, nint second, nint third = 0, nint fourth = 0, nint fifth = 0, nint sixth = 0);
}
