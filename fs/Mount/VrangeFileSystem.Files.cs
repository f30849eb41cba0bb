using System.Buffers;
using System.Text;
using Fs.Tmpfs;
using Fuse;
using KernelModel.Mapping;
using Microsoft.Extensions.Logging;
using ProcFs.Nodes;

namespace Fs.Mount;

/// <summary>Requests on open regular files.</summary>
internal sealed partial class VrangeFileSystem
{
    private const uint O_TRUNC = 0x200;

    private const uint FALLOC_FL_KEEP_SIZE = 1;
    private const uint FALLOC_FL_PUNCH_HOLE = 2;

    // Bytes that are given or freed by the thread that serves the request: two milliseconds' worth.
    private const long LongAllocation = 8 << 20;

    private const uint SEEK_DATA = 3;
    private const uint SEEK_HOLE = 4;

    // One request of copy_file_range moves so much at most; the caller comes again for the rest.
    private const long MaxCopy = 16 << 20;
    private const int CopyChunk = 1 << 20;

    private int _refused; // Interlocked; a stranger can fill the mount, but not the log

    /// <inheritdoc/>
    public override int ReadLink(FuseRequest request, ulong node, Span<byte> target)
    {
        if (IsProc(node))
            return ReadProcLink(request, node, target);
        if (superblock.Inodes.Find(node) is not SymlinkInode link)
            return -Errno.EINVAL;
        link.TouchAccessed();
        link.Target.CopyTo(target);
        return link.Target.Length;
    }

    /// <inheritdoc/>
    public override int Open(FuseRequest request, ulong node, in fuse_open_in arg, ref fuse_open_out open)
    {
        if (IsProc(node))
            return OpenProc(request, node, arg.flags, ref open);
        if (superblock.Inodes.Find(node) is not RegularInode inode)
            return -Errno.ESTALE;

        var opener = new Opener(request.Uid, request.Gid, request.Pid);
        bool truncates = (arg.flags & O_TRUNC) != 0;
        if (MustAwaitRemoved(arg.flags) || (truncates && FreesMuch(inode, 0)))
            return OpenElsewhere(request, inode, arg);
        return OpenRegular(inode, opener, arg, ref open);
    }

    // Nobody asks the daemon once the kernel stores: what removed files leave is waited for before.
    private bool MustAwaitRemoved(uint flags)
        => Passthrough && new OpenFile(null, flags, null, 0).CanWrite && superblock.Removed.MayBeNeeded;

    private static bool FreesMuch(RegularInode inode, long size)
        => inode.Contents is { Pages: > LongAllocation >> PageSize.Shift } contents && contents.Size - size > LongAllocation;

    private int OpenElsewhere(FuseRequest request, RegularInode inode, fuse_open_in arg)
    {
        return _blocking.Run(request, reply =>
        {
            if (MustAwaitRemoved(arg.flags))
                superblock.Removed.AwaitNeeded();
            if ((arg.flags & O_TRUNC) != 0)
                _ = inode.Mapping.TruncateInParts(0); // what fails here fails again, and is told then
            fuse_open_out answer = default;
            int error = OpenRegular(inode, new Opener(reply.Uid, reply.Gid, reply.Pid), arg, ref answer);
            if (error != 0)
                reply.CompleteError(error);
            else
                reply.Complete(answer);
        });
    }

    /// <inheritdoc/>
    public override int Release(FuseRequest request, ulong node, in fuse_release_in arg)
    {
        if (_open.Remove(arg.fh) is not OpenFile file)
            return 0;
        (file.Proc is null ? _opens : _procOpens).Add(file.Uid, -1);
        (file.Proc as ProcStream)?.Release();
        if (file.Inode is not RegularInode inode)
            return 0;
        if (file.CanMapWritable)
        {
            lock (inode)
                inode.Kept.Close();
        }

        inode.Mapping.Release();
        superblock.Removed.Note(inode);
        return 0;
    }

    /// <inheritdoc/>
    public override int Read(FuseRequest request, ulong node, in fuse_read_in arg, Span<byte> destination)
    {
        if (IsProc(node))
            return ReadProc(request, node, arg);
        if (superblock.Inodes.Find(node) is not RegularInode inode)
            return -Errno.ESTALE;
        inode.TouchAccessed();
        return inode.Mapping.Read((long)arg.offset, destination);
    }

    /// <inheritdoc/>
    public override int Write(FuseRequest request, ulong node, in fuse_write_in arg, ReadOnlySpan<byte> source)
    {
        if (IsProc(node))
            return WriteProc(request, arg, source);
        if (superblock.Inodes.Find(node) is not RegularInode inode)
            return -Errno.ESTALE;

        if ((arg.write_flags & WriteFlags.FUSE_WRITE_CACHE) != 0)
            return WriteBack(request, inode, (long)arg.offset, source);
        int written = inode.Mapping.Write((long)arg.offset, source, wait: false);
        bool isFull = written >= 0 ? written < source.Length : written == -Errno.ENOSPC;
        if (written > 0 || isFull)
        {
            lock (inode)
                inode.TouchModified();
            if ((arg.write_flags & WriteFlags.FUSE_WRITE_KILL_SUIDGID) != 0)
                KillPrivileges(new Opener(request.Uid, request.Gid, request.Pid), inode);
        }

        return isFull ? WriteRest(request, inode, (long)arg.offset, source, Math.Max(written, 0)) : written;
    }

    // What is refused here is lost, so first everything is tried; see WriteRest.
    private int WriteBack(FuseRequest request, RegularInode inode, long offset, ReadOnlySpan<byte> source)
    {
        int written = WriteBack(inode, offset, source, wait: false);
        if (written != -Errno.ENOSPC)
            return written;

        byte[] copy = source.ToArray();
        int result = _blocking.Run(request, reply =>
        {
            int stored = WriteBack(inode, offset, copy, wait: true);
            if (stored < 0)
                reply.CompleteError(stored);
            else
                reply.CompleteWrite((uint)stored);
        });
        return result == FuseResult.Deferred ? result : WriteBack(inode, offset, source, wait: true);
    }

    private int WriteBack(RegularInode inode, long offset, ReadOnlySpan<byte> source, bool wait)
    {
        int written = inode.Mapping.WriteBack(offset, source, wait);
        if (written > 0)
        {
            lock (inode)
                inode.TouchModified();
        }
        else if (wait && written == -Errno.ENOSPC && Interlocked.Exchange(ref _refused, 1) == 0)
        {
            LogRefused(logger, Encoding.UTF8.GetString(Superblock.PathOf(inode, out _)));
        }

        return written;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "size= is used up and nothing is volatile: stores through a mapping of {Path} were lost, msync and fsync say of which files more were")]
    private static partial void LogRefused(ILogger logger, string path);

    // Room that removed files leave may be on its way. It is waited for elsewhere, and what there is then is the answer.
    private int WriteRest(FuseRequest request, RegularInode inode, long offset, ReadOnlySpan<byte> source, int done)
    {
        byte[] rest = source[done..].ToArray();
        int result = _blocking.Run(request, reply =>
        {
            int more = inode.Mapping.Write(offset + done, rest);
            int written = done + Math.Max(more, 0);
            if (written == 0)
                reply.CompleteError(more);
            else
                reply.CompleteWrite((uint)written);
        });
        return result == FuseResult.Deferred ? result : done > 0 ? done : -Errno.ENOSPC;
    }

    /// <inheritdoc/>
    public override int FAllocate(FuseRequest request, ulong node, in fuse_fallocate_in arg)
    {
        if (superblock.Inodes.Find(node) is not RegularInode inode)
            return -Errno.EOPNOTSUPP;

        // mm/shmem.c: shmem_fallocate knows these two.
        if ((arg.mode & ~(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE)) != 0)
            return -Errno.EOPNOTSUPP;
        if (arg.length <= (ulong)LongAllocation)
        {
            int error = Allocate(inode, arg, wait: false);
            if (error != -Errno.ENOSPC)
                return error;
        }

        // What takes its time, or has to wait for room, keeps no other request waiting.
        return AllocateElsewhere(request, inode, arg);
    }

    private int AllocateElsewhere(FuseRequest request, RegularInode inode, fuse_fallocate_in arg)
        => _blocking.Run(request, reply =>
        {
            int error = Allocate(inode, arg, wait: true);
            if (error != 0)
                reply.CompleteError(error);
            else
                reply.CompleteSuccess();
        });

    private static int Allocate(RegularInode inode, in fuse_fallocate_in arg, bool wait)
    {
        (long offset, long length) = ((long)arg.offset, (long)arg.length);
        int error = (arg.mode & FALLOC_FL_PUNCH_HOLE) != 0
            ? inode.Mapping.PunchHole(offset, length)
            : inode.Mapping.Allocate(offset, length, (arg.mode & FALLOC_FL_KEEP_SIZE) != 0, wait);
        if (error == 0)
        {
            lock (inode)
                inode.TouchModified();
        }

        return error;
    }

    /// <inheritdoc/>
    public override long LSeek(FuseRequest request, ulong node, in fuse_lseek_in arg)
    {
        if (superblock.Inodes.Find(node) is not RegularInode inode || arg.whence is not (SEEK_DATA or SEEK_HOLE))
            return -Errno.EINVAL;
        (long offset, bool data) = ((long)arg.offset, arg.whence == SEEK_DATA);
        if (!MayBeDirty(inode))
            return Seek(inode, offset, data);
        return _blocking.Run(request, reply =>
        {
            TakeDirty(inode, offset, long.MaxValue);
            long result = Seek(inode, offset, data);
            if (result < 0)
                reply.CompleteError((int)result);
            else
                reply.Complete(new fuse_lseek_out { offset = (ulong)result });
        });
    }

    private static long Seek(RegularInode inode, long offset, bool data)
        => data ? inode.Mapping.SeekData(offset) : inode.Mapping.SeekHole(offset);

    // What a mapping stores the host's page cache has alone until it is written back. The kernel writes back what it knows to
    // be dirty when the last such descriptor and mapping goes (fs/fuse/file.c: fuse_vma_close).
    private bool MayBeDirty(RegularInode inode)
    {
        lock (inode)
            return !Passthrough && inode.Kept.CanBeMapped;
    }

    // Has the kernel write a part of the file back. Blocks, and takes WRITE requests.
    private void TakeDirty(RegularInode inode, long offset, long length)
    {
        long end = Math.Min(inode.Contents.Size, length > long.MaxValue - offset ? long.MaxValue : offset + length);
        if (offset >= 0 && offset < end)
            HostCache?.Drop(inode, PageSize.PageOf(offset), PageSize.PageOf(end - 1));
    }

    /// <inheritdoc/>
    public override long CopyFileRange(FuseRequest request, ulong node, in fuse_copy_file_range_in arg)
    {
        if (superblock.Inodes.Find(node) is not RegularInode from || superblock.Inodes.Find(arg.nodeid_out) is not RegularInode to)
            return -Errno.EXDEV;
        if (!MayBeDirty(from))
            return Copy(from, to, arg);
        fuse_copy_file_range_in copy = arg;
        return _blocking.Run(request, reply =>
        {
            TakeDirty(from, (long)copy.off_in, (long)Math.Min(copy.len, long.MaxValue));
            long copied = Copy(from, to, copy);
            if (copied < 0)
                reply.CompleteError((int)copied);
            else if (reply.Opcode == FuseOpcode.FUSE_COPY_FILE_RANGE)
                reply.CompleteWrite((uint)copied);
            else
                reply.Complete(new fuse_copy_file_range_out { bytes_copied = (ulong)copied });
        });
    }

    private static long Copy(RegularInode from, RegularInode to, in fuse_copy_file_range_in arg)
    {
        long wanted = (long)Math.Min(arg.len, (ulong)MaxCopy);
        long copied = 0;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(CopyChunk);
        try
        {
            while (copied < wanted)
            {
                int length = from.Mapping.Read((long)arg.off_in + copied, buffer.AsSpan(0, (int)Math.Min(CopyChunk, wanted - copied)));
                int written = length <= 0 ? length : to.Mapping.Write((long)arg.off_out + copied, buffer.AsSpan(0, length));
                if (written < 0 && copied == 0)
                    return written;
                if (written <= 0)
                    break;
                copied += written;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        lock (to)
            to.TouchModified();
        return copied;
    }

    private int OpenRegular(RegularInode inode, in Opener opener, in fuse_open_in arg, ref fuse_open_out open)
    {
        int error = 0;
        if ((arg.flags & O_TRUNC) != 0)
        {
            error = Superblock.Truncate(inode, 0);
            if (error == 0 && (arg.open_flags & OpenInFlags.FUSE_OPEN_KILL_SUIDGID) != 0)
                KillPrivileges(opener, inode);
        }

        int backingId = 0;
        if (error == 0)
            error = Hold(inode, opener.Uid, arg.flags, out backingId);
        if (error == 0 && Passthrough)
        {
            // The kernel may store from now on, and what it has not stored is no news.
            lock (inode)
                inode.FindStoreTimes();
        }

        if (error == 0)
            FillOpen(inode, opener, arg.flags, backingId, ref open);
        return error;
    }

    /// <summary>All of an open that can fail.</summary>
    private int Hold(RegularInode inode, uint uid, uint flags, out int backingId)
    {
        backingId = 0;
        if (!_opens.TryAdd(uid))
            return -Errno.ENFILE;
        int error = Passthrough ? HoldRegistered(inode, OpenFile.IsMappableForWriting(flags), out backingId) : inode.Mapping.Hold();
        if (error != 0)
            _opens.Add(uid, -1);
        return error;
    }

    /// <summary>The rest of an open, once the file is held.</summary>
    private void FillOpen(RegularInode inode, in Opener opener, uint flags, int backingId, ref fuse_open_out open)
    {
        var file = new OpenFile(inode, flags, null, opener.Uid);
        NoteOpened(inode, file, opener.Thread);
        open.fh = _open.Add(file);
        open.backing_id = backingId;

        // fs/fuse/file.c: fuse_flush writes back what was stored through a mapping and tells who closes of what was refused (R17).
        open.open_flags = (Passthrough ? FOPEN.FOPEN_PASSTHROUGH : FOPEN.FOPEN_KEEP_CACHE)
            | (!Passthrough && file.CanMapWritable ? 0 : FOPEN.FOPEN_NOFLUSH);
    }

    /// <summary>Who opens or makes a file, and the thread that the kernel tells of its attributes.</summary>
    private readonly record struct Opener(uint Uid, uint Gid, uint Thread);
}
