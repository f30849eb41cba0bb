using Fuse;
using KernelModel.Mapping;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>The bytes of one file in a file of the host's shmem: a memfd, or an unnamed file of a private tmpfs.</summary>
internal sealed class FileStore(SafeFileHandle file) : IBackingStore
{
    private const int AT_EMPTY_PATH = 0x1000;

    /// <inheritdoc/>
    public long Blocks
        => Libc.fstatx(file, "", AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, out Libc.Statx stat) < 0 ? 0 : (long)stat.stx_blocks;

    /// <inheritdoc/>
    public unsafe int Read(long offset, Span<byte> destination)
    {
        int done = 0;
        fixed (byte* buffer = destination)
        {
            while (done < destination.Length)
            {
                nint read = Libc.pread(file, buffer + done, (nuint)(destination.Length - done), offset + done);
                if (read < 0)
                {
                    if (Libc.LastError == -Errno.EINTR)
                        continue;
                    return Libc.LastError;
                }

                if (read == 0)
                    break;
                done += (int)read;
            }
        }

        // The store may be shorter than the file: what was never stored are zeros.
        destination[done..].Clear();
        return destination.Length;
    }

    /// <inheritdoc/>
    public unsafe int Write(long offset, ReadOnlySpan<byte> source)
    {
        int done = 0;
        fixed (byte* buffer = source)
        {
            while (done < source.Length)
            {
                nint written = Libc.pwrite(file, buffer + done, (nuint)(source.Length - done), offset + done);
                if (written < 0)
                {
                    int error = Libc.LastError;
                    if (error == -Errno.EINTR)
                        continue;
                    return done > 0 ? done : error;
                }

                done += (int)written;
            }
        }

        return done;
    }

    /// <inheritdoc/>
    public int Punch(long offset, long length) => Fallocate(Libc.FALLOC_FL_PUNCH_HOLE | Libc.FALLOC_FL_KEEP_SIZE, offset, length);

    /// <inheritdoc/>
    public int Allocate(long offset, long length) => Fallocate(0, offset, length);

    /// <inheritdoc/>
    public int Truncate(long size)
    {
        while (Libc.ftruncate(file, size) < 0)
        {
            if (Libc.LastError != -Errno.EINTR)
                return Libc.LastError;
        }

        return 0;
    }

    /// <inheritdoc/>
    public long SeekData(long offset) => Seek(offset, Libc.SEEK_DATA);

    /// <inheritdoc/>
    public long SeekHole(long offset) => Seek(offset, Libc.SEEK_HOLE);

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private int Fallocate(int mode, long offset, long length)
    {
        while (Libc.fallocate(file, mode, offset, length) < 0)
        {
            if (Libc.LastError != -Errno.EINTR)
                return Libc.LastError;
        }

        return 0;
    }

    private long Seek(long offset, int whence)
    {
        long result = Libc.lseek(file, offset, whence);
        return result < 0 ? Libc.LastError : result;
    }
}
