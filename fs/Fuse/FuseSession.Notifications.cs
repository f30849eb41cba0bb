using System.Runtime.InteropServices;

namespace Fuse;

// Not from inside a request that holds what the notification waits for: INVAL_INODE waits for pages in transit, INVAL_ENTRY and
// DELETE take the lock of the directory. fs/fuse/inode.c: fuse_reverse_inval_inode; fs/fuse/dir.c: fuse_reverse_inval_entry
public sealed unsafe partial class FuseSession
{
    private const int LongestName = 1024; // fs/fuse/fuse_i.h: FUSE_NAME_MAX before 6.15

    /// <summary>Drops the attributes of a node and its cached pages from <paramref name="offset"/> on.</summary>
    /// <param name="node">The node.</param>
    /// <param name="offset">The first byte; negative drops attributes only.</param>
    /// <param name="length">The bytes; 0 or less goes to the end of the file.</param>
    /// <returns>0, or a negative errno; -ENOENT if the kernel does not know the node, which is no failure.</returns>
    public int InvalidateInode(ulong node, long offset, long length)
    {
        fuse_notify_inval_inode_out message = new() { ino = node, off = offset, len = length };
        return Notify(FuseNotifyCode.FUSE_NOTIFY_INVAL_INODE, in message, default);
    }

    /// <summary>Drops a cached name.</summary>
    /// <param name="parent">The directory.</param>
    /// <param name="name">The name, without a NUL.</param>
    /// <param name="flags">How the name goes.</param>
    /// <returns>0, or a negative errno; -ENOENT if the kernel does not know the name, which is no failure.</returns>
    public int InvalidateEntry(ulong parent, ReadOnlySpan<byte> name, NotifyInvalEntryFlags flags = 0)
    {
        fuse_notify_inval_entry_out message = new() { parent = parent, namelen = (uint)name.Length, flags = flags };
        return Notify(FuseNotifyCode.FUSE_NOTIFY_INVAL_ENTRY, in message, name);
    }

    /// <summary>Tells that a name is gone: as <see cref="InvalidateEntry"/>, and watchers see the removal.</summary>
    /// <param name="parent">The directory.</param>
    /// <param name="child">The node that had the name.</param>
    /// <param name="name">The name, without a NUL.</param>
    /// <returns>0, or a negative errno.</returns>
    public int NotifyDelete(ulong parent, ulong child, ReadOnlySpan<byte> name)
    {
        fuse_notify_delete_out message = new() { parent = parent, child = child, namelen = (uint)name.Length };
        return Notify(FuseNotifyCode.FUSE_NOTIFY_DELETE, in message, name);
    }

    /// <summary>Has who polls an open file ask again.</summary>
    /// <param name="kh"><see cref="fuse_poll_in.kh"/>.</param>
    /// <returns>0, also for a file that is not open any more, or a negative errno.</returns>
    public int NotifyPoll(ulong kh)
    {
        fuse_notify_poll_wakeup_out message = new() { kh = kh };
        return Notify(FuseNotifyCode.FUSE_NOTIFY_POLL, in message, default);
    }

    /// <summary>
    /// Makes a node at least so large: the kernel does that for a byte that is stored at its end (fs/fuse/inode.c:
    /// fuse_notify_store). A page of which only one byte is stored is still read before it is shown.
    /// </summary>
    /// <param name="node">The node.</param>
    /// <param name="size">Its size in bytes, whole pages. The last of them must be beyond what the kernel may be reading now.</param>
    /// <returns>0, or a negative errno; -ENOENT if the kernel does not know the node, which is no failure.</returns>
    public int GrowInode(ulong node, long size)
    {
        fuse_notify_store_out message = new() { nodeid = node, offset = (ulong)size - 1, size = 1 };
        return _channel.Send(
            0, (int)FuseNotifyCode.FUSE_NOTIFY_STORE, MemoryMarshal.AsBytes(new ReadOnlySpan<fuse_notify_store_out>(in message)), [0]);
    }

    /// <summary>Registers a file for FOPEN_PASSTHROUGH. Needs FUSE_PASSTHROUGH and CAP_SYS_ADMIN.</summary>
    /// <param name="fd">The backing file.</param>
    /// <returns>The id for <see cref="fuse_open_out.backing_id"/>, or a negative errno.</returns>
    public int BackingOpen(int fd)
    {
        fuse_backing_map map = new() { fd = fd };
        return Control(FuseDeviceHandle.FUSE_DEV_IOC_BACKING_OPEN, &map);
    }

    /// <summary>Gives an id of <see cref="BackingOpen"/> back; open files keep what they use.</summary>
    /// <returns>0, or a negative errno.</returns>
    public int BackingClose(int id) => Control(FuseDeviceHandle.FUSE_DEV_IOC_BACKING_CLOSE, &id);

    private int Notify<T>(FuseNotifyCode code, in T message, ReadOnlySpan<byte> name)
        where T : unmanaged
    {
        ReadOnlySpan<byte> fixedPart = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in message));
        if (name.IsEmpty)
            return _channel.Send(0, (int)code, fixedPart, default);
        if (name.Length > LongestName)
            return -Errno.ENAMETOOLONG;

        Span<byte> terminated = stackalloc byte[name.Length + 1];
        name.CopyTo(terminated);
        terminated[^1] = 0;
        return _channel.Send(0, (int)code, fixedPart, terminated);
    }

    private int Control(uint request, void* argument)
    {
        bool held = false;
        try
        {
            _channel.Device.DangerousAddRef(ref held);
            int result = Libc.ioctl((int)_channel.Device.DangerousGetHandle(), request, argument);
            return result < 0 ? -Marshal.GetLastPInvokeError() : result;
        }
        catch (ObjectDisposedException)
        {
            return -Errno.ENODEV;
        }
        finally
        {
            if (held)
                _channel.Device.DangerousRelease();
        }
    }
}
