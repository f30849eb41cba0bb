using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Fuse;

/// <summary>A mounted FUSE device. Mounting does not wait for a session; using the mount does.</summary>
public sealed unsafe class FuseMount : IDisposable
{
    private readonly MountTable _table;
    private readonly string _fusermount;
    private readonly bool _bySystemCall;
    private readonly int _id;
    private bool _isGone; // Volatile

    private FuseMount(MountPoint mountPoint, FuseDeviceHandle device, MountTable table, bool bySystemCall, string fusermount)
    {
        _table = table;
        MountPoint = mountPoint;
        Device = device;
        _bySystemCall = bySystemCall;
        _fusermount = fusermount;
        if (MountTable.TopAt(table.Read(), mountPoint.Path) is not { Connection: uint connection } entry)
            throw new FuseMountException($"{mountPoint} was mounted, but is not in the mount table of this process");
        ConnectionNumber = connection;
        _id = entry.Id;
    }

    /// <summary>Where it was mounted.</summary>
    public MountPoint MountPoint { get; }

    /// <summary>The device to serve.</summary>
    public FuseDeviceHandle Device { get; }

    /// <summary>The name of the connection in fusectl: the minor device number of the mount.</summary>
    public uint ConnectionNumber { get; }

    /// <summary>Whether the mount is still in the mount table, there or where it was moved to since.</summary>
    public bool IsMounted => Find(out _) is not null;

    /// <summary>Whether a session owns the device.</summary>
    internal bool HasSession { get; set; }

    /// <summary>Mounts on a directory.</summary>
    /// <exception cref="FuseMountException">It cannot be mounted; the message says why.</exception>
    public static FuseMount Mount(string mountPoint, MountOptions? options = null)
        => Mount(MountPoint.Resolve(Encoding.UTF8.GetBytes(mountPoint)), options);

    /// <summary>Mounts on a directory.</summary>
    /// <exception cref="FuseMountException">It cannot be mounted; the message says why.</exception>
    public static FuseMount Mount(MountPoint mountPoint, MountOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(mountPoint);
        options ??= new MountOptions();
        MountTable table = new();
        FuseDeviceHandle? device = null;
        try
        {
            if (options.Method != MountMethod.Fusermount)
                device = MountBySystemCall(mountPoint, options);

            bool bySystemCall = device is not null;
            device ??= Fusermount.Mount(mountPoint, options);
            return new FuseMount(mountPoint, device, table, bySystemCall, options.FusermountPath);
        }
        catch
        {
            device?.Dispose(); // ends the connection; the dead mount goes with the process's way to see it
            table.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Unmounts. The kernel writes back what is dirty first, so the session must be running and this must not be called from a
    /// request. Returns 0 if it was unmounted before.
    /// </summary>
    /// <param name="lazy">
    /// Only takes the mount out of sight (MNT_DETACH): the fallback when files are open. The session ends with the last of them.
    /// </param>
    /// <returns>0, or a negative errno; -EBUSY while files are open, or another mount covers this one.</returns>
    public int Unmount(bool lazy = false)
    {
        if (Find(out List<MountEntry> table) is not MountEntry entry)
            return 0;
        if (MountTable.TopAt(table, entry.Path) != entry)
            return -Errno.EBUSY; // the path leads to somebody else's

        if (_bySystemCall)
        {
            int flags = Libc.UMOUNT_NOFOLLOW | (lazy ? Libc.MNT_DETACH : 0);
            byte[] terminated = [.. entry.Path, 0];
            fixed (byte* path = terminated)
            {
                if (Libc.umount2(path, flags) == 0)
                {
                    NoteGone();
                    return 0;
                }
            }

            int errno = Marshal.GetLastPInvokeError();
            if (errno != Errno.EPERM)
                return -errno;
        }

        int result = Fusermount.Unmount(_fusermount, entry.Path, lazy);
        if (result < 0 && IsMounted)
            return result;
        NoteGone();
        return 0;
    }

    /// <summary>
    /// Ends the connection whatever it hangs in, see <see cref="FuseControl.Abort(uint)"/>. The dead mount stays until it is unmounted.
    /// </summary>
    /// <returns>0, or a negative errno.</returns>
    public int Abort() => FuseControl.Abort(ConnectionNumber, Device);

    /// <summary>Unmounts if need be, lazily if files are open. The device is closed by the session, or here if there is none.</summary>
    public void Dispose()
    {
        if (_table.IsClosed)
            return;
        if (Unmount() < 0)
            _ = Unmount(lazy: true);
        if (!HasSession)
            Device.Dispose();
        _table.Dispose();
    }

    /// <summary>The mount is unmounted for good: whatever has its numbers from now on is somebody else's.</summary>
    internal void NoteGone() => Volatile.Write(ref _isGone, true);

    private MountEntry? Find(out List<MountEntry> table)
    {
        table = Volatile.Read(ref _isGone) ? [] : _table.Read();
        return table.Find(entry => entry.Id == _id && entry.Connection == ConnectionNumber);
    }

    /// <summary>Null if the process may not mount and fusermount3 shall try.</summary>
    private static FuseDeviceHandle? MountBySystemCall(MountPoint mountPoint, MountOptions options)
    {
        FuseDeviceHandle device = FuseDeviceHandle.Open(out int errno);
        if (!device.IsInvalid)
        {
            string type = options.Subtype.Length > 0 ? $"fuse.{options.Subtype}" : "fuse";
            string data = Describe(options, (int)device.DangerousGetHandle());
            fixed (byte* path = mountPoint.Terminated)
            {
                if (Libc.mount(options.FsName, path, type, Flags(options), data) == 0)
                    return device;
            }

            errno = Marshal.GetLastPInvokeError();
        }

        bool opened = !device.IsInvalid;
        device.Dispose();
        if (errno is Errno.EPERM or Errno.EACCES && options.Method == MountMethod.Auto)
            return null;
        throw new FuseMountException(opened ? $"Cannot mount on {mountPoint}" : "Cannot open /dev/fuse (is the fuse module loaded?)", errno);
    }

    // fs/fuse/inode.c: fuse_fs_parameters
    private static string Describe(MountOptions options, int fd)
    {
        StringBuilder data = new();
        data.Append(CultureInfo.InvariantCulture, $"fd={fd},rootmode={Convert.ToString(Libc.S_IFDIR, 8)}");
        data.Append(CultureInfo.InvariantCulture, $",user_id={Libc.geteuid()},group_id={Libc.getegid()}");
        if (options.AllowOther)
            data.Append(",allow_other");
        if (options.DefaultPermissions)
            data.Append(",default_permissions");
        if (options.MaxRead > 0)
            data.Append(CultureInfo.InvariantCulture, $",max_read={options.MaxRead}");
        return data.ToString();
    }

    private static nuint Flags(MountOptions options)
        => (options.ReadOnly ? Libc.MS_RDONLY : 0) | (options.NoSuid ? Libc.MS_NOSUID : 0)
            | (options.NoDev ? Libc.MS_NODEV : 0) | (options.NoExec ? Libc.MS_NOEXEC : 0);
}
