namespace Fuse;

internal sealed unsafe partial class FuseDispatcher
{
    // fs/fuse/file.c: fuse_copy_file_range caps its length where the answer has 32 bits; older kernels did not.
    private const ulong MaxCopy32 = 0xFFFFF000;

    // fs/fuse/dir.c: fuse_readlink_folio has room for one page.
    private const int MaxLinkTarget = 4096;

    private int ReadLink(FuseRequest request, in ReplyBuffer reply)
    {
        // A page without room for a terminator is refused by the kernel (fuse_readlink_folio: ENAMETOOLONG).
        const int room = MaxLinkTarget - 1;
        return Bounded(fileSystem.ReadLink(request, request.NodeId, reply.Bytes(room)), room);
    }

    private int Open(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_open_in* arg))
            return Malformed;
        int result = fileSystem.Open(request, request.NodeId, in *arg, ref reply.Struct<fuse_open_out>());
        return Sized(result, sizeof(fuse_open_out));
    }

    private int Read(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_read_in* arg) || arg->size > (uint)reply.Capacity)
            return Malformed;
        int room = (int)arg->size;
        return Bounded(fileSystem.Read(request, request.NodeId, in *arg, reply.Bytes(room)), room);
    }

    private int Write(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_write_in* arg) || !args.TryTakeBytes(arg->size, out ReadOnlySpan<byte> source))
            return Malformed;

        int result = Bounded(fileSystem.Write(request, request.NodeId, in *arg, source), source.Length);
        if (result < 0)
            return result;
        reply.Struct<fuse_write_out>().size = (uint)result;
        return sizeof(fuse_write_out);
    }

    private int Flush(FuseRequest request, ref RequestReader args)
        => args.TryTake(out fuse_flush_in* arg) ? Empty(fileSystem.Flush(request, request.NodeId, in *arg)) : Malformed;

    private int Release(FuseRequest request, ref RequestReader args)
        => args.TryTake(out fuse_release_in* arg) ? Empty(fileSystem.Release(request, request.NodeId, in *arg)) : Malformed;

    private int FSync(FuseRequest request, ref RequestReader args)
        => args.TryTake(out fuse_fsync_in* arg) ? Empty(fileSystem.FSync(request, request.NodeId, in *arg)) : Malformed;

    private int FAllocate(FuseRequest request, ref RequestReader args)
        => args.TryTake(out fuse_fallocate_in* arg) ? Empty(fileSystem.FAllocate(request, request.NodeId, in *arg)) : Malformed;

    private int LSeek(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_lseek_in* arg))
            return Malformed;

        long result = fileSystem.LSeek(request, request.NodeId, in *arg);
        if (result < 0)
            return (int)result;
        reply.Struct<fuse_lseek_out>().offset = (ulong)result;
        return sizeof(fuse_lseek_out);
    }

    private int CopyFileRange(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_copy_file_range_in* arg))
            return Malformed;

        fuse_copy_file_range_in capped = *arg;
        capped.len = Math.Min(capped.len, MaxCopy32);
        long result = fileSystem.CopyFileRange(request, request.NodeId, in capped);
        if (result < 0)
            return (int)result;
        if ((ulong)result > capped.len)
            return -Errno.EIO;
        reply.Struct<fuse_write_out>().size = (uint)result;
        return sizeof(fuse_write_out);
    }

    private int CopyFileRange64(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_copy_file_range_in* arg))
            return Malformed;

        long result = fileSystem.CopyFileRange(request, request.NodeId, in *arg);
        if (result < 0)
            return (int)result;
        reply.Struct<fuse_copy_file_range_out>().bytes_copied = (ulong)result;
        return sizeof(fuse_copy_file_range_out);
    }

    private int Poll(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_poll_in* arg))
            return Malformed;
        int result = fileSystem.Poll(request, request.NodeId, in *arg, ref reply.Struct<fuse_poll_out>());
        return Sized(result, sizeof(fuse_poll_out));
    }

    private int Ioctl(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_ioctl_in* arg) || !args.TryTakeBytes(arg->in_size, out ReadOnlySpan<byte> input))
            return Malformed;
        if (arg->out_size > (uint)(reply.Capacity - sizeof(fuse_ioctl_out)))
            return -Errno.ENOMEM;

        ref fuse_ioctl_out answer = ref reply.Struct<fuse_ioctl_out>();
        int room = (int)arg->out_size;
        Span<byte> output = reply.Bytes(room, sizeof(fuse_ioctl_out));
        int length = Bounded(fileSystem.Ioctl(request, request.NodeId, in *arg, input, output, out int result), room);
        answer.result = result;
        return length < 0 ? length : sizeof(fuse_ioctl_out) + length;
    }
}
