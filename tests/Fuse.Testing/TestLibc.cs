using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fuse.Testing;

internal static unsafe partial class TestLibc
{
    internal const int SOCK_SEQPACKET = 5;
    internal const int SO_SNDBUF = 7;
    internal const int SO_RCVTIMEO = 20;
    internal const int SO_SNDBUFFORCE = 32;

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setsockopt(int socket, int level, int option, void* value, uint length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint write(SafeFileHandle file, ReadOnlySpan<byte> bytes, nint count);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint pread(SafeFileHandle file, Span<byte> bytes, nint count, long offset);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int kill(int pid, int signal);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int umount2(string target, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int setxattr(string path, string name, byte[] value, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint getxattr(string path, string name, byte[]? value, nuint size);
}
