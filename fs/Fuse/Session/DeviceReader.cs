using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>
/// Reads requests from one end of the connection. While requests come quickly it keeps asking for a while before it sleeps:
/// to wake a thread on an idle CPU costs more than most requests do. net.core.busy_read does the same for sockets.
/// </summary>
/// <remarks>Used by one thread.</remarks>
internal sealed unsafe class DeviceReader
{
    // After sleep the wait is longer by the reader's own wake-up, and by that of who waited for the answer before.
    private const int WakeUps = 4;

    // Looks that follow each other at once keep the caller from the kernel's queue, which has one lock.
    private const int Pause = 20; // of Thread.SpinWait: half a microsecond

    // Requests after a poll in vain that are slept for: who makes them may have needed this CPU.
    private const int VainRest = 4;

    private readonly PollingRole? _role; // null: sleep at once
    private readonly int _fd;
    private readonly int _flags; // of the open file, without O_NONBLOCK
    private bool _nonblocking;
    private int _rest; // requests until the next poll
    private bool _quick; // whether polling would have met the last request

    /// <param name="device">Kept open by the caller.</param>
    /// <param name="role">The role that the session's readers share.</param>
    internal DeviceReader(FuseDeviceHandle device, PollingRole role)
    {
        _fd = (int)device.DangerousGetHandle();
        // Not a socket: a reply goes through the same open file, and there O_NONBLOCK would make it fail when the socket is full.
        if (!role.IsWorthwhile || !device.IsDevice())
            return;
        int flags = Libc.fcntl(_fd, Libc.F_GETFL, 0);
        if (flags < 0)
            return;
        _flags = flags & ~Libc.O_NONBLOCK;
        _role = role;
    }

    /// <summary>
    /// Why the device went away: with FUSE_ABORT_ERROR, ECONNABORTED by an abort and ENODEV by the last unmount. 0 before.
    /// </summary>
    internal int EndedBy { get; private set; }

    /// <summary>Waits for one request. False when the device has gone away.</summary>
    /// <exception cref="FuseProtocolException">The device failed.</exception>
    internal bool TryRead(byte* buffer, int capacity, out int length)
    {
        if (_role is null)
            return TrySleep(buffer, capacity, out length);

        long start = Stopwatch.GetTimestamp();
        bool mayPoll = _quick && (_rest == 0 || --_rest == 0);
        bool read = (mayPoll && TryPoll(buffer, capacity, start, out length)) || TrySleep(buffer, capacity, out length);
        long now = Stopwatch.GetTimestamp();
        _quick = now - start < _role.Budget * WakeUps;
        if (length >= sizeof(fuse_in_header))
            _role.Note(((fuse_in_header*)buffer)->pid, now);
        return read;
    }

    // Errors are left to the read that follows.
    private bool TryPoll(byte* buffer, int capacity, long start, out int length)
    {
        length = 0;
        if (!_role!.TryTake(start))
            return false;

        SetNonblocking(true);
        nint count;
        while ((count = Libc.read(_fd, buffer, (nuint)capacity)) <= 0 && Stopwatch.GetTimestamp() - start < _role.Budget)
            Thread.SpinWait(Pause);
        _role.Return();
        length = (int)count;
        if (count <= 0)
            _rest = VainRest;
        return count > 0;
    }

    private bool TrySleep(byte* buffer, int capacity, out int length)
    {
        SetNonblocking(false);
        for (bool ending = false; ;)
        {
            nint count = Libc.read(_fd, buffer, (nuint)capacity);
            length = (int)count;
            if (count > 0)
                return true;
            if (count == 0)
                return false; // a socket whose other end is closed

            int errno = Marshal.GetLastPInvokeError();
            switch (errno)
            {
                // fs/fuse/dev.c: fuse_dev_do_read; ENOENT: the request was interrupted while it was copied.
                case Errno.EINTR or Errno.EAGAIN or Errno.ENOENT:
                    continue;
                // A request that the end of the connection has overtaken, by an unmount too. Why it ends is told afterwards.
                case Errno.ECONNABORTED when !ending:
                    AwaitEnd();
                    ending = true;
                    continue;
                // fs/fuse/control.c: fuse_conn_abort_write.
                case Errno.ENODEV or Errno.ECONNABORTED or Errno.ECONNRESET:
                    EndedBy = errno;
                    return false;
                default:
                    throw new FuseProtocolException($"Reading the FUSE device failed: {Errno.Describe(errno)} (errno {errno}).");
            }
        }
    }

    // fs/fuse/dev.c: fuse_abort_conn ends the queues of the devices first, the connection's after them, and then fuse_dev_poll
    // says so.
    private void AwaitEnd()
    {
        const int Patience = 1000; // milliseconds
        Libc.PollFd device = new() { fd = _fd };
        _ = Libc.poll(&device, 1, Patience);
    }

    private void SetNonblocking(bool value)
    {
        if (_nonblocking == value)
            return;
        _ = Libc.fcntl(_fd, Libc.F_SETFL, value ? _flags | Libc.O_NONBLOCK : _flags);
        _nonblocking = value;
    }
}
