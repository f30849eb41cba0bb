using Fs.Tmpfs;
using KernelModel.Mapping;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>
/// Bytes in a tmpfs that is mounted nowhere: only this process can reach it, and it goes with it. Needs the right to
/// mount; it is what can keep bytes out of swap.
/// </summary>
internal sealed class PrivateTmpfs : IStorage, IDisposable
{
    private readonly SafeFileHandle _root;

    private PrivateTmpfs(SafeFileHandle root) => _root = root;

    /// <summary>Makes one without a limit of its own: the mount's limit is kept above it.</summary>
    /// <param name="noswap">The option of tmpfs, Linux 6.4.</param>
    /// <param name="error">Negative errno when null is returned.</param>
    public static PrivateTmpfs? TryCreate(bool noswap, out int error)
    {
        error = 0;
        using SafeFileHandle fs = Libc.fsopen("tmpfs", Libc.FSOPEN_CLOEXEC);
        if (fs.IsInvalid
            || Libc.fsconfig(fs, Libc.FSCONFIG_SET_STRING, "size", "0") < 0
            || Libc.fsconfig(fs, Libc.FSCONFIG_SET_STRING, "nr_inodes", "0") < 0
            || (noswap && Libc.fsconfig(fs, Libc.FSCONFIG_SET_FLAG, "noswap", null) < 0)
            || Libc.fsconfig(fs, Libc.FSCONFIG_CMD_CREATE, null, null) < 0)
        {
            error = Libc.LastError;
            return null;
        }

        SafeFileHandle root = Libc.fsmount(fs, Libc.FSMOUNT_CLOEXEC, 0);
        if (!root.IsInvalid)
            return new PrivateTmpfs(root);
        error = Libc.LastError;
        return null;
    }

    /// <inheritdoc/>
    public IBackingStore? Create(ulong ino)
    {
        SafeFileHandle file = Libc.openat(_root, ".", Libc.O_TMPFILE | Libc.O_RDWR | Libc.O_CLOEXEC, 0x180);
        return file.IsInvalid ? null : new FileStore(file);
    }

    /// <inheritdoc/>
    public void Dispose() => _root.Dispose();
}
