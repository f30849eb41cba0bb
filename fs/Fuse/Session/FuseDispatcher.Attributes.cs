namespace Fuse;

internal sealed unsafe partial class FuseDispatcher
{
    private int GetAttr(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_getattr_in* arg))
            return Malformed;
        int result = fileSystem.GetAttr(request, request.NodeId, in *arg, ref reply.Struct<fuse_attr_out>());
        return Sized(result, sizeof(fuse_attr_out));
    }

    private int SetAttr(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_setattr_in* arg))
            return Malformed;
        int result = fileSystem.SetAttr(request, request.NodeId, in *arg, ref reply.Struct<fuse_attr_out>());
        return Sized(result, sizeof(fuse_attr_out));
    }

    private int StatX(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_statx_in* arg))
            return Malformed;
        int result = fileSystem.StatX(request, request.NodeId, in *arg, ref reply.Struct<fuse_statx_out>());
        return Sized(result, sizeof(fuse_statx_out));
    }

    private int StatFs(FuseRequest request, in ReplyBuffer reply)
    {
        ref fuse_statfs_out answer = ref reply.Struct<fuse_statfs_out>();
        return Sized(fileSystem.StatFs(request, request.NodeId, ref answer.st), sizeof(fuse_statfs_out));
    }

    private int Access(FuseRequest request, ref RequestReader args)
        => args.TryTake(out fuse_access_in* arg) ? Empty(fileSystem.Access(request, request.NodeId, arg->mask)) : Malformed;

    private int GetXAttr(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_getxattr_in* arg) || !args.TryTakeName(out ReadOnlySpan<byte> name))
            return Malformed;
        if (arg->size > (uint)reply.Capacity)
            return -Errno.E2BIG;

        Span<byte> value = reply.Bytes((int)arg->size);
        return XAttr(fileSystem.GetXAttr(request, request.NodeId, name, value, arg->size), arg->size, in reply);
    }

    private int ListXAttr(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_getxattr_in* arg))
            return Malformed;
        if (arg->size > (uint)reply.Capacity)
            return -Errno.E2BIG;

        Span<byte> list = reply.Bytes((int)arg->size);
        return XAttr(fileSystem.ListXAttr(request, request.NodeId, list, arg->size), arg->size, in reply);
    }

    private int SetXAttr(FuseRequest request, ref RequestReader args)
    {
        // Before FUSE_SETXATTR_EXT the struct was half as long (FUSE_COMPAT_SETXATTR_IN_SIZE).
        fuse_setxattr_in arg = default;
        if (connection.Has(InitFlags.FUSE_SETXATTR_EXT))
        {
            if (!args.TryTake(out fuse_setxattr_in* extended))
                return Malformed;
            arg = *extended;
        }
        else
        {
            if (!args.TryTake(out ulong* sizeAndFlags))
                return Malformed;
            arg.size = (uint)*sizeAndFlags;
            arg.flags = (uint)(*sizeAndFlags >> 32);
        }

        if (!args.TryTakeName(out ReadOnlySpan<byte> name) || !args.TryTakeBytes(arg.size, out ReadOnlySpan<byte> value))
            return Malformed;
        return Empty(fileSystem.SetXAttr(request, request.NodeId, in arg, name, value));
    }

    private int RemoveXAttr(FuseRequest request, ref RequestReader args)
        => args.TryTakeName(out ReadOnlySpan<byte> name) ? Empty(fileSystem.RemoveXAttr(request, request.NodeId, name)) : Malformed;

    // fs/fuse/xattr.c: a caller without room is told the length in a struct, one with room gets the bytes.
    private static int XAttr(int result, uint size, in ReplyBuffer reply)
    {
        if (result < 0)
            return result;
        if (size != 0)
            return result > size ? -Errno.ERANGE : result;

        reply.Struct<fuse_getxattr_out>().size = (uint)result;
        return sizeof(fuse_getxattr_out);
    }
}
