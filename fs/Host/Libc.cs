using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>The system calls that the stores need, with the names and constants of the C library.</summary>
internal static partial class Libc
{
    public const uint MFD_CLOEXEC = 1;

    public const int FALLOC_FL_KEEP_SIZE = 1;
    public const int FALLOC_FL_PUNCH_HOLE = 2;

    public const int SEEK_DATA = 3;
    public const int SEEK_HOLE = 4;

    public const int F_SETLEASE = 1024;
    public const int F_WRLCK = 1;
    public const int F_UNLCK = 2;

    public const int RLIMIT_NOFILE = 7;

    public const int AT_FDCWD = -100;
    public const int AT_EMPTY_PATH = 0x1000;
    public const int AT_SYMLINK_NOFOLLOW = 0x100;
    public const int AT_NO_AUTOMOUNT = 0x800;
    public const int AT_STATX_DONT_SYNC = 0x4000;
    public const uint STATX_BASIC_STATS = 0x7FF;

    /// <summary>errno of the last call of this thread, negative as results are here.</summary>
    public static int LastError => -Marshal.GetLastPInvokeError();

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial SafeFileHandle memfd_create(string name, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint pread(SafeFileHandle fd, void* buffer, nuint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint pwrite(SafeFileHandle fd, void* buffer, nuint count, long offset);

    [LibraryImport("libc")]
    public static unsafe partial int clock_gettime(int clock, long* time);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fallocate(SafeFileHandle fd, int mode, long offset, long length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int ftruncate(SafeFileHandle fd, long length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial long lseek(SafeFileHandle fd, long offset, int whence);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int statx(SafeFileHandle directory, string path, int flags, uint mask, out Statx statx);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fstatfs(SafeFileHandle fd, out Statfs statfs);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int fcntl(SafeFileHandle fd, int command, int argument);

    [LibraryImport("libc", SetLastError = true)]
    public static unsafe partial nint getdents64(SafeFileHandle directory, void* entries, nuint length);

    [LibraryImport("libc", SetLastError = true)]
    public static partial int getrlimit(int resource, out Rlimit limit);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int setenv(string name, string value, int overwrite);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    public static unsafe partial int execv(string path, nint* arguments);

    [LibraryImport("libc")]
    public static partial uint geteuid();

    [LibraryImport("libc")]
    public static partial uint getegid();

    /// <summary>struct statfs of 64 bit architectures, as far as it is used here.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 120)]
    public struct Statfs
    {
        public long f_type;
        public long f_bsize;
        public ulong f_blocks;
        public ulong f_bfree;
    }

    /// <summary>struct statx_timestamp.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct StatxTimestamp
    {
        public long tv_sec;
        public uint tv_nsec;
        private readonly int _reserved;
    }

    /// <summary>struct rlimit.</summary>
    public struct Rlimit
    {
        public ulong rlim_cur;
        public ulong rlim_max;
    }

    /// <summary>struct statx, as far as it is used here.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    public struct Statx
    {
        public uint stx_mask;
        public uint stx_blksize;
        public ulong stx_attributes;
        public uint stx_nlink;
        public uint stx_uid;
        public uint stx_gid;
        public ushort stx_mode;
        private readonly ushort _spare;
        public ulong stx_ino;
        public ulong stx_size;
        public ulong stx_blocks;
        public ulong stx_attributes_mask;
        public StatxTimestamp stx_atime;
        public StatxTimestamp stx_btime;
        public StatxTimestamp stx_ctime;
        public StatxTimestamp stx_mtime;
        public uint stx_rdev_major;
        public uint stx_rdev_minor;
        public uint stx_dev_major;
        public uint stx_dev_minor;

        /// <summary>Whether the file is on a mount without a device, of that minor number (fs/super.c: set_anon_super).</summary>
        public readonly bool IsOn(uint connection) => stx_dev_major == 0 && stx_dev_minor == connection;
    }
}
