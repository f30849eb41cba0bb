using KernelModel.Mapping;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>Calls on a file of the host's shmem, a memfd or one of a tmpfs, with errno values as results.</summary>
internal static class ShmemFile
{
    public static unsafe int Read(SafeFileHandle file, long offset, Span<byte> destination)
    {
        int done = 0;
        fixed (byte* buffer = destination)
        {
            while (done < destination.Length)
            {
                nint read = Libc.pread(file, buffer + done, (nuint)(destination.Length - done), offset + done);
                if (read == 0)
                    break;
                if (read > 0)
                    done += (int)read;
                else if (Libc.LastError is int error && error != -Errno.EINTR)
                    return done > 0 ? done : error;
            }
        }

        return done;
    }

    public static unsafe int Write(SafeFileHandle file, long offset, ReadOnlySpan<byte> source)
    {
        int done = 0;
        fixed (byte* buffer = source)
        {
            while (done < source.Length)
            {
                nint written = Libc.pwrite(file, buffer + done, (nuint)(source.Length - done), offset + done);
                if (written >= 0)
                    done += (int)written;
                else if (Libc.LastError is int error && error != -Errno.EINTR)
                    return done > 0 ? done : error;
            }
        }

        return done;
    }

    public static int Fallocate(SafeFileHandle file, int mode, long offset, long length)
    {
        int error;
        while ((error = Libc.fallocate(file, mode, offset, length) < 0 ? Libc.LastError : 0) == -Errno.EINTR)
        {
        }

        return error;
    }

    public static int Truncate(SafeFileHandle file, long size)
    {
        int error;
        while ((error = Libc.ftruncate(file, size) < 0 ? Libc.LastError : 0) == -Errno.EINTR)
        {
        }

        return error;
    }

    public static long Seek(SafeFileHandle file, long offset, int whence)
    {
        long result = Libc.lseek(file, offset, whence);
        return result < 0 ? Libc.LastError : result;
    }

    public static int Stat(SafeFileHandle file, out StoreStat stat)
    {
        int result = Libc.statx(file, "", Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, out Libc.Statx raw);
        stat = new StoreStat(
            (long)raw.stx_size,
            (long)raw.stx_blocks >> (PageSize.Shift - 9),
            Nanoseconds(raw.stx_mtime),
            Nanoseconds(raw.stx_atime));
        return result < 0 ? Libc.LastError : 0;
    }

    private static long Nanoseconds(Libc.StatxTimestamp time) => (time.tv_sec * 1_000_000_000) + time.tv_nsec;
}
