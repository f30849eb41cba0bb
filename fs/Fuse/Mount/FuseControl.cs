using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>The control filesystem fusectl.</summary>
public static unsafe class FuseControl
{
    private const string MountPoint = "/sys/fs/fuse/connections";

    /// <summary>
    /// Ends a connection whatever it hangs in: every request fails with ECONNABORTED, and the device says ENODEV. fusectl need not
    /// be mounted if the process may mount.
    /// </summary>
    /// <param name="connection">The number of the connection: the minor device number of the mount.</param>
    /// <returns>0, also if the connection is gone already; or a negative errno.</returns>
    public static int Abort(uint connection) => Abort(connection, null);

    /// <summary>
    /// As above, but only what <paramref name="device"/> belongs to: the number of a connection that has ended names the next one.
    /// fs/fuse/control.c: an open file stays with the connection that it was opened for.
    /// </summary>
    internal static int Abort(uint connection, FuseDeviceHandle? device)
    {
        int fd = Open($"{connection}/abort");
        if (fd < 0)
            return fd == -Errno.ENOENT ? 0 : fd;

        byte one = (byte)'1';
        bool failed = device?.IsConnected() != false && Libc.write(fd, &one, 1) < 0;
        int errno = failed ? Marshal.GetLastPInvokeError() : 0;
        _ = Libc.close(fd);
        return -errno;
    }

    private static int Open(string name)
    {
        int fd = Libc.open($"{MountPoint}/{name}", Libc.O_WRONLY | Libc.O_CLOEXEC);
        if (fd >= 0)
            return fd;
        int errno = Marshal.GetLastPInvokeError();
        if (errno != Errno.ENOENT)
            return -errno;

        // There is one fusectl superblock; a mount of it that is attached nowhere shows the same files.
        int root = MountDetached();
        if (root < 0)
            return root;
        fd = Libc.openat(root, name, Libc.O_WRONLY | Libc.O_CLOEXEC);
        errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        _ = Libc.close(root);
        return fd < 0 ? -errno : fd;
    }

    private static int MountDetached()
    {
        fixed (byte* type = "fusectl\0"u8)
        {
            int context = (int)Libc.syscall(Libc.SYS_fsopen, (nint)type, Libc.FSOPEN_CLOEXEC);
            if (context < 0)
                return -Marshal.GetLastPInvokeError();

            int root = -1;
            if (Libc.syscall(Libc.SYS_fsconfig, context, Libc.FSCONFIG_CMD_CREATE) == 0)
                root = (int)Libc.syscall(Libc.SYS_fsmount, context, Libc.FSMOUNT_CLOEXEC);
            int errno = Marshal.GetLastPInvokeError();
            _ = Libc.close(context);
            return root < 0 ? -errno : root;
        }
    }
}
