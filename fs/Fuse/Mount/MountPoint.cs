using System.Runtime.InteropServices;
using System.Text;

namespace Fuse;

/// <summary>A directory to mount on: its absolute path without symbolic links, in bytes. Not every name is text.</summary>
public sealed unsafe class MountPoint
{
    private const int PATH_MAX = 4096;

    private MountPoint(ReadOnlySpan<byte> path) => Terminated = [.. path, 0];

    /// <summary>The path, without a NUL.</summary>
    public ReadOnlySpan<byte> Path => Terminated.AsSpan(0, Terminated.Length - 1);

    /// <summary>The path and a NUL.</summary>
    internal byte[] Terminated { get; }

    /// <summary>Finds the directory that a path leads to from here.</summary>
    /// <param name="path">Absolute or not, of any bytes but NUL.</param>
    /// <exception cref="FuseMountException">There is none that can be mounted on; the message says why.</exception>
    public static MountPoint Resolve(ReadOnlySpan<byte> path)
    {
        if (path.Contains((byte)0))
            throw Unusable(path, Errno.EINVAL);

        byte* resolved = stackalloc byte[PATH_MAX];
        byte[] terminated = [.. path, 0];
        fixed (byte* name = terminated)
        {
            if (Libc.realpath(name, resolved) is null)
                throw Unusable(path, Marshal.GetLastPInvokeError());
        }

        ReadOnlySpan<byte> found = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(resolved);
        int errno = CheckDirectory(resolved);
        return errno == 0 ? new MountPoint(found) : throw Unusable(found, errno);
    }

    /// <summary>The path as text; what is no UTF-8 of it shows as U+FFFD.</summary>
    public override string ToString() => Encoding.UTF8.GetString(Path);

    // The kernel's copy of the attributes would hide that whoever serves a mount that is there already is dead.
    private static int CheckDirectory(byte* path)
    {
        Libc.Statx status;
        if (Libc.statx(Libc.AT_FDCWD, path, Libc.AT_STATX_FORCE_SYNC, Libc.STATX_TYPE, &status) != 0)
            return Marshal.GetLastPInvokeError();
        return (status.stx_mode & Libc.S_IFMT) == Libc.S_IFDIR ? 0 : Errno.ENOTDIR;
    }

    private static FuseMountException Unusable(ReadOnlySpan<byte> path, int errno)
    {
        string hint = errno == Errno.ENOTCONN ? " (a dead FUSE mount is in the way; umount it)" : "";
        return new FuseMountException($"Cannot mount on {Encoding.UTF8.GetString(path)}{hint}", errno);
    }
}
