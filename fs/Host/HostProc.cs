using System.Buffers.Text;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>
/// The host's /proc, through a descriptor that was opened before anything of the mount could lie over it. Names and texts of
/// other processes may hold any bytes: what is read is bytes, lines end at a newline only, and nothing here throws on them.
/// </summary>
internal sealed class HostProc : IDisposable
{
    private readonly SafeFileHandle _root;

    /// <summary>Opens it. Where there is none, nobody can be seen.</summary>
    public HostProc()
    {
        // A mount of its own: what is mounted on a name of /proc later, as this filesystem's own files are, is not in its way.
        _root = Libc.open_tree("/proc", Libc.OPEN_TREE_CLONE | Libc.OPEN_TREE_CLOEXEC);
        if (_root.IsInvalid)
            _root = Libc.openat(Libc.AT_FDCWD, "/proc", Libc.O_PATH | Libc.O_CLOEXEC, 0);
    }

    /// <summary>
    /// Opens a file, or a directory to list it; an invalid handle when it cannot be, see <see cref="Libc.LastError"/>. What another
    /// mount covers, or a link leads to, is not opened.
    /// </summary>
    public SafeFileHandle Open(string path)
        => Open(path, Libc.O_RDONLY | Libc.O_NONBLOCK | Libc.O_NOCTTY, Libc.RESOLVE_NO_XDEV | Libc.RESOLVE_NO_SYMLINKS);

    /// <summary>Attributes of what a name or a magic link leads to, without asking another file system for news.</summary>
    /// <returns>0, or a negative errno.</returns>
    public int Stat(string path, out Libc.Statx stat)
        => Libc.statx(_root, path, Libc.AT_STATX_DONT_SYNC | Libc.AT_NO_AUTOMOUNT, Libc.STATX_BASIC_STATS, out stat) < 0 ? Libc.LastError : 0;

    /// <summary>Attributes of a name itself.</summary>
    /// <returns>0, or a negative errno.</returns>
    public int StatLink(string path, out Libc.Statx stat)
    {
        // Not of what covers it, which may be a file of this very mount.
        using SafeFileHandle name = Open(path, Libc.O_PATH, Libc.RESOLVE_NO_XDEV | Libc.RESOLVE_NO_MAGICLINKS);
        stat = default;
        return name.IsInvalid || Libc.statx(name, "", Libc.AT_EMPTY_PATH | Libc.AT_STATX_DONT_SYNC, Libc.STATX_BASIC_STATS, out stat) < 0
            ? Libc.LastError
            : 0;
    }

    /// <summary>What a link leads to.</summary>
    /// <returns>0, or a negative errno.</returns>
    public unsafe int ReadLink(string path, out byte[] target)
    {
        byte[] room = new byte[4096];
        nint length;
        fixed (byte* into = room)
            length = Libc.readlinkat(_root, path, into, (nuint)room.Length);
        target = room[..(int)Math.Max(0, length)];
        return length < 0 ? Libc.LastError : 0;
    }

    /// <summary>The names in a directory, without the dots.</summary>
    /// <returns>0, or a negative errno.</returns>
    public int List(string path, List<byte[]> names)
    {
        using SafeFileHandle directory = Open(path);
        return directory.IsInvalid ? Libc.LastError : DirectoryNames.Read(directory, names, static (name, into) => into.Add(name.ToArray()));
    }

    /// <summary>The numeric names in a directory: processes, threads, descriptors.</summary>
    /// <returns>0, or a negative errno.</returns>
    public int List(string path, List<int> numbers)
    {
        using SafeFileHandle directory = Open(path);
        return directory.IsInvalid ? Libc.LastError : DirectoryNames.Read(directory, numbers, AddNumber);
    }

    /// <summary>
    /// When a process or thread began, in ticks since boot: with its number it names that one and no other.
    /// </summary>
    /// <returns>0, or a negative errno: -ENOENT or -ESRCH when there is none.</returns>
    public int BirthOf(int id, out ulong birth)
    {
        birth = 0;
        using SafeFileHandle file = Open(string.Create(CultureInfo.InvariantCulture, $"{id}/stat"));
        if (file.IsInvalid)
            return Libc.LastError;
        Span<byte> text = stackalloc byte[2048];
        int length = ShmemFile.Read(file, 0, text);
        if (length < 0)
            return length;
        return ProcStat.TryBirth(text[..length], out birth) ? 0 : -Errno.EIO;
    }

    /// <inheritdoc/>
    public void Dispose() => _root.Dispose();

    // Before Linux 5.6 what lies over a name is met, where the daemon could not make a mount of its own.
    private SafeFileHandle Open(string path, int flags, ulong resolve)
    {
        flags |= Libc.O_CLOEXEC | Libc.O_NOFOLLOW;
        SafeFileHandle file = Libc.openat2(_root, path, flags, resolve);
        return file.IsInvalid && Libc.LastError == -Errno.ENOSYS ? Libc.openat(_root, path, flags, 0) : file;
    }

    private static void AddNumber(ReadOnlySpan<byte> name, List<int> numbers)
    {
        if (Utf8Parser.TryParse(name, out int number, out int used) && used == name.Length)
            numbers.Add(number);
    }
}
