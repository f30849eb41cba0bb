using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>
/// One end of the connection. A reply goes back through the end its request came from.
/// fs/fuse/dev.c: every clone has a queue of its own for requests in progress.
/// </summary>
internal sealed unsafe class FuseChannel(FuseDeviceHandle device) : IReplyPath, IDisposable
{
    internal FuseDeviceHandle Device => device;

    /// <summary>Sends one message from any thread; 0 or a negative errno, -ENODEV after the end of the session.</summary>
    internal int Send(ulong unique, int error, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        bool held = false;
        try
        {
            device.DangerousAddRef(ref held);
            fixed (byte* firstBytes = first)
            fixed (byte* secondBytes = second)
            {
                fuse_out_header header = new()
                {
                    len = (uint)(sizeof(fuse_out_header) + first.Length + second.Length),
                    error = error,
                    unique = unique,
                };
                Libc.IoVec* vectors = stackalloc Libc.IoVec[3];
                vectors[0] = new Libc.IoVec { iov_base = &header, iov_len = (nuint)sizeof(fuse_out_header) };
                vectors[1] = new Libc.IoVec { iov_base = firstBytes, iov_len = (nuint)first.Length };
                vectors[2] = new Libc.IoVec { iov_base = secondBytes, iov_len = (nuint)second.Length };
                int count = second.Length > 0 ? 3 : first.Length > 0 ? 2 : 1;

                int fd = (int)device.DangerousGetHandle();
                while (Libc.writev(fd, vectors, count) < 0)
                {
                    int errno = Marshal.GetLastPInvokeError();
                    if (errno != Errno.EINTR)
                        return -errno;
                }

                return 0;
            }
        }
        catch (ObjectDisposedException)
        {
            return -Errno.ENODEV;
        }
        finally
        {
            if (held)
                device.DangerousRelease();
        }
    }

    /// <inheritdoc/>
    public void Reply(ulong unique, int error, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        int result = Send(unique, error, first, second);
        if (result < 0 && IsRefused(-result) && first.Length > 0)
            _ = Send(unique, -Errno.EIO, default, default);
    }

    /// <summary>Whether a failed write left the request waiting: not if it, or the whole connection, is gone.</summary>
    internal static bool IsRefused(int errno)
        => errno is not (Errno.ENOENT or Errno.ENODEV or Errno.EPERM or Errno.EPIPE or Errno.ECONNRESET or Errno.EBADF);

    public void Dispose() => device.Dispose();
}
