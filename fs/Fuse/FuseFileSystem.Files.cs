namespace Fuse;

public abstract partial class FuseFileSystem
{
    /// <summary>Reads the target of a symbolic link.</summary>
    /// <returns>The length of the target, without a NUL.</returns>
    public virtual int ReadLink(FuseRequest request, ulong node, Span<byte> target) => -Errno.ENOSYS;

    /// <summary>Opens a file.</summary>
    public virtual int Open(FuseRequest request, ulong node, in fuse_open_in arg, ref fuse_open_out open) => -Errno.ENOSYS;

    /// <summary>Reads up to the length of <paramref name="destination"/>; fewer bytes mean the end of the file.</summary>
    /// <returns>The bytes read.</returns>
    public virtual int Read(FuseRequest request, ulong node, in fuse_read_in arg, Span<byte> destination) => -Errno.ENOSYS;

    /// <summary>Writes. <paramref name="source"/> starts at a page boundary in memory.</summary>
    /// <returns>The bytes written.</returns>
    public virtual int Write(FuseRequest request, ulong node, in fuse_write_in arg, ReadOnlySpan<byte> source) => -Errno.ENOSYS;

    /// <summary>A descriptor of the open file was closed. Once answered with ENOSYS it is not asked again.</summary>
    public virtual int Flush(FuseRequest request, ulong node, in fuse_flush_in arg) => -Errno.ENOSYS;

    /// <summary>The open file is gone. The answer is ignored.</summary>
    public virtual int Release(FuseRequest request, ulong node, in fuse_release_in arg) => -Errno.ENOSYS;

    /// <summary>Makes a file durable. Once answered with ENOSYS it is not asked again.</summary>
    public virtual int FSync(FuseRequest request, ulong node, in fuse_fsync_in arg) => -Errno.ENOSYS;

    /// <summary>Allocates, punches, zeroes.</summary>
    public virtual int FAllocate(FuseRequest request, ulong node, in fuse_fallocate_in arg) => -Errno.ENOSYS;

    /// <summary>SEEK_DATA and SEEK_HOLE. ENOSYS lets the kernel take the whole file as data.</summary>
    /// <returns>The offset, or a negative errno.</returns>
    public virtual long LSeek(FuseRequest request, ulong node, in fuse_lseek_in arg) => -Errno.ENOSYS;

    /// <summary>copy_file_range(2) from <paramref name="node"/>, of both COPY_FILE_RANGE and COPY_FILE_RANGE_64.</summary>
    /// <returns>The bytes copied, or a negative errno.</returns>
    public virtual long CopyFileRange(FuseRequest request, ulong node, in fuse_copy_file_range_in arg) => -Errno.ENOSYS;

    /// <summary>
    /// poll(2), select(2) and epoll(7). Once answered with ENOSYS it is not asked again, for no file: all are ready then. Who
    /// wants to be notified is by <see cref="FuseSession.NotifyPoll"/>, once.
    /// </summary>
    public virtual int Poll(FuseRequest request, ulong node, in fuse_poll_in arg, ref fuse_poll_out answer) => -Errno.ENOSYS;

    /// <summary>ioctl(2). ENOSYS becomes ENOTTY for the caller.</summary>
    /// <param name="request">The request.</param>
    /// <param name="node">The node.</param>
    /// <param name="arg">The command and its sizes.</param>
    /// <param name="input">What the caller passed in.</param>
    /// <param name="output">Room for what the caller gets, as much as the command allows.</param>
    /// <param name="result">What ioctl(2) returns, if this method succeeds.</param>
    /// <returns>The bytes put into <paramref name="output"/>, or a negative errno.</returns>
    public virtual int Ioctl(
        FuseRequest request, ulong node, in fuse_ioctl_in arg, ReadOnlySpan<byte> input, Span<byte> output, out int result)
    {
        result = 0;
        return -Errno.ENOSYS;
    }
}
