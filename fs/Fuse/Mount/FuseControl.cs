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
    public static int Abort(uint connection)
    {
        string name = $"{connection}/abort";
        int fd = Libc.open($"{MountPoint}/{name}", Libc.O_WRONLY | Libc.O_CLOEXEC);
        if (fd >= 0)
            return WriteAndClose(fd);

        int errno = Marshal.GetLastPInvokeError();
        return errno == Errno.ENOENT ? AbortDetached(name) : -errno;
    }

    // There is one fusectl superblock; a mount of it that is attached nowhere shows the same files.
    private static int AbortDetached(string name)
    {
        int root = MountDetached();
        if (root < 0)
            return root;

        int fd = Libc.openat(root, name, Libc.O_WRONLY | Libc.O_CLOEXEC);
        int errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        _ = Libc.close(root);
        if (fd >= 0)
            return WriteAndClose(fd);
        return errno == Errno.ENOENT ? 0 : -errno;
    }

    private static int MountDetached()
    {
        fixed (byte* type = "fusectl\0"u8)
        {
            int context = (int)Libc.syscall(Libc.SYS_fsopen, (nint)type, Libc.FSOPEN_CLOEXEC, 0, 0, 0);
            if (context < 0)
                return -Marshal.GetLastPInvokeError();

            int root = -1;
            if (Libc.syscall(Libc.SYS_fsconfig, context, Libc.FSCONFIG_CMD_CREATE, 0, 0, 0) == 0)
                root = (int)Libc.syscall(Libc.SYS_fsmount, context, Libc.FSMOUNT_CLOEXEC, 0, 0, 0);
            int errno = Marshal.GetLastPInvokeError();
            _ = Libc.close(context);
            return root < 0 ? -errno : root;
        }
    }

    private static int WriteAndClose(int fd)
    {
        byte one = (byte)'1';
        nint written = Libc.write(fd, &one, 1);
        int errno = written < 0 ? Marshal.GetLastPInvokeError() : 0;
        _ = Libc.close(fd);
        return -errno;
    }
}
