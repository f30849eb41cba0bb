using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>The mount API of Linux 5.2, which the C library of older distributions does not name.</summary>
internal static partial class Libc
{
    public const uint FSOPEN_CLOEXEC = 1;
    public const uint FSCONFIG_SET_FLAG = 0;
    public const uint FSCONFIG_SET_STRING = 1;
    public const uint FSCONFIG_CMD_CREATE = 6;
    public const uint FSCONFIG_CMD_RECONFIGURE = 7;
    public const uint FSMOUNT_CLOEXEC = 1;
    public const uint FSPICK_CLOEXEC = 1;
    public const uint FSPICK_EMPTY_PATH = 8;

    public const uint OPEN_TREE_CLONE = 1;
    public const uint OPEN_TREE_CLOEXEC = O_CLOEXEC;
    public const ulong RESOLVE_NO_XDEV = 1;
    public const ulong RESOLVE_NO_MAGICLINKS = 2;
    public const ulong RESOLVE_NO_SYMLINKS = 4;

    public const int O_RDONLY = 0;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_NOCTTY = 0x100;
    public const int O_NONBLOCK = 0x800;
    public const int O_PATH = 0x200000;
    public const int O_CLOEXEC = 0x80000;

    public static int O_NOFOLLOW => s_isArm ? 0x8000 : 0x20000;

    public static int O_DIRECT => s_isArm ? 0x10000 : 0x4000;

    private const long SYS_open_tree = 428;
    private const long SYS_fsopen = 430;
    private const long SYS_fsconfig = 431;
    private const long SYS_fsmount = 432;
    private const long SYS_fspick = 433;
    private const long SYS_openat2 = 437;

    public static SafeFileHandle open_tree(string path, uint flags) => Owned(syscall_open_tree(SYS_open_tree, AT_FDCWD, path, flags));

    public static unsafe SafeFileHandle openat2(SafeFileHandle directory, string path, int flags, ulong resolve)
    {
        OpenHow how = new() { flags = (ulong)flags, resolve = resolve };
        return Owned(syscall_openat2(SYS_openat2, directory, path, &how, (nuint)sizeof(OpenHow)));
    }

    public static SafeFileHandle fsopen(string type, uint flags) => Owned(syscall_fsopen(SYS_fsopen, type, flags));

    public static int fsconfig(SafeFileHandle fs, uint command, string? key, string? value)
        => (int)syscall_fsconfig(SYS_fsconfig, fs, command, key, value, 0);

    public static SafeFileHandle fsmount(SafeFileHandle fs, uint flags, uint attributes)
        => Owned(syscall_fsmount(SYS_fsmount, fs, flags, attributes));

    public static SafeFileHandle fspick(SafeFileHandle directory, uint flags)
        => Owned(syscall_fspick(SYS_fspick, directory, "", flags));

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial nint readlinkat(SafeFileHandle directory, string path, byte* buffer, nuint size);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int unlinkat(SafeFileHandle directory, string path, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle openat(int directory, string path, int flags, uint mode);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle openat(SafeFileHandle directory, string path, int flags, uint mode);

    // These calls have the same numbers on every 64 bit architecture.
    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8)]
    private static partial long syscall_fsopen(long number, string type, uint flags);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8)]
    private static partial long syscall_fsconfig(long number, SafeFileHandle fs, uint command, string? key, string? value, int aux);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall")]
    private static partial long syscall_fsmount(long number, SafeFileHandle fs, uint flags, uint attributes);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8)]
    private static partial long syscall_fspick(long number, SafeFileHandle directory, string path, uint flags);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8)]
    private static partial long syscall_open_tree(long number, int directory, string path, uint flags);

    [LibraryImport("libc", SetLastError = true, EntryPoint = "syscall", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial long syscall_openat2(long number, SafeFileHandle directory, string path, OpenHow* how, nuint size);

    private static SafeFileHandle Owned(long fd) => new((nint)fd, ownsHandle: true);

    // struct open_how
    private struct OpenHow
    {
        public ulong flags;
        private readonly ulong _mode;
        public ulong resolve;
    }
}
