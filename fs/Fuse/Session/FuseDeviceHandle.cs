using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Owns a descriptor of /dev/fuse, or of anything else that carries the protocol in messages.</summary>
public sealed unsafe class FuseDeviceHandle : SafeHandle
{
    // include/uapi/linux/fuse.h: FUSE_DEV_IOC_*, magic 229
    internal const uint FUSE_DEV_IOC_CLONE = 0x8004E500;
    internal const uint FUSE_DEV_IOC_BACKING_OPEN = 0x4010E501;
    internal const uint FUSE_DEV_IOC_BACKING_CLOSE = 0x4004E502;

    private const string DevicePath = "/dev/fuse";

    /// <summary>Takes ownership of a descriptor.</summary>
    public FuseDeviceHandle(int fd)
        : base(-1, ownsHandle: true) => SetHandle(fd);

    /// <inheritdoc/>
    public override bool IsInvalid => handle == -1;

    /// <summary>Opens /dev/fuse; a mount makes a connection of it.</summary>
    /// <returns>The device; invalid on failure, with the errno in <paramref name="errno"/>.</returns>
    internal static FuseDeviceHandle Open(out int errno)
    {
        // The handle exists before the descriptor, so that running out of memory cannot leak one.
        FuseDeviceHandle device = new(-1);
        int fd = Libc.open(DevicePath, Libc.O_RDWR | Libc.O_CLOEXEC);
        errno = fd < 0 ? Marshal.GetLastPInvokeError() : 0;
        device.SetHandle(fd);
        return device;
    }

    /// <summary>Another end of the same connection with a queue of its own, or null where the kernel has none to give.</summary>
    internal FuseDeviceHandle? TryClone()
    {
        FuseDeviceHandle clone = Open(out _);
        if (clone.IsInvalid)
            return null;

        uint original = (uint)(int)handle;
        if (Libc.ioctl((int)clone.handle, FUSE_DEV_IOC_CLONE, &original) == 0)
            return clone;

        clone.Dispose();
        return null;
    }

    /// <summary>Whether this is a FUSE device of the kernel and not a socket in its place.</summary>
    internal bool IsDevice()
    {
        // include/linux/miscdevice.h: FUSE_MINOR
        const uint miscMajor = 10, fuseMinor = 229;
        Libc.Statx status;
        fixed (byte* itself = "\0"u8)
        {
            return Libc.statx((int)handle, itself, Libc.AT_EMPTY_PATH, Libc.STATX_TYPE, &status) == 0
                && (status.stx_mode & Libc.S_IFMT) == Libc.S_IFCHR
                && (status.stx_rdev_major, status.stx_rdev_minor) == (miscMajor, fuseMinor);
        }
    }

    /// <summary>Whether the mount is there and not aborted. fs/fuse/dev.c: fuse_dev_poll.</summary>
    internal bool IsConnected()
    {
        bool held = false;
        try
        {
            DangerousAddRef(ref held);
            Libc.PollFd poll = new() { fd = (int)handle };
            return Libc.poll(&poll, 1, 0) == 0;
        }
        catch (ObjectDisposedException)
        {
            return false; // the session has ended
        }
        finally
        {
            if (held)
                DangerousRelease();
        }
    }

    /// <inheritdoc/>
    protected override bool ReleaseHandle() => Libc.close((int)handle) == 0;
}
