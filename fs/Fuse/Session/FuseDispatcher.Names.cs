namespace Fuse;

internal sealed unsafe partial class FuseDispatcher
{
    private int Lookup(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTakeName(out ReadOnlySpan<byte> name))
            return Malformed;
        return Entry(fileSystem.Lookup(request, request.NodeId, name, ref reply.Struct<fuse_entry_out>()));
    }

    private int Forget(FuseRequest request, ref RequestReader args)
    {
        if (args.TryTake(out fuse_forget_in* arg))
            fileSystem.Forget(request.NodeId, arg->nlookup);
        return FuseResult.NoReply;
    }

    private int BatchForget(ref RequestReader args)
    {
        if (args.TryTake(out fuse_batch_forget_in* arg))
        {
            for (uint i = 0; i < arg->count && args.TryTake(out fuse_forget_one* one); i++)
                fileSystem.Forget(one->nodeid, one->nlookup);
        }

        return FuseResult.NoReply;
    }

    private int SymLink(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTakeName(out ReadOnlySpan<byte> name) || !args.TryTakeName(out ReadOnlySpan<byte> target))
            return Malformed;
        return Entry(fileSystem.SymLink(request, request.NodeId, name, target, ref reply.Struct<fuse_entry_out>()));
    }

    private int MkNod(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_mknod_in* arg) || !args.TryTakeName(out ReadOnlySpan<byte> name))
            return Malformed;
        return Entry(fileSystem.MkNod(request, request.NodeId, in *arg, name, ref reply.Struct<fuse_entry_out>()));
    }

    private int MkDir(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_mkdir_in* arg) || !args.TryTakeName(out ReadOnlySpan<byte> name))
            return Malformed;
        return Entry(fileSystem.MkDir(request, request.NodeId, in *arg, name, ref reply.Struct<fuse_entry_out>()));
    }

    private int Link(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_link_in* arg) || !args.TryTakeName(out ReadOnlySpan<byte> name))
            return Malformed;
        return Entry(fileSystem.Link(request, arg->oldnodeid, request.NodeId, name, ref reply.Struct<fuse_entry_out>()));
    }

    private int Unlink(FuseRequest request, ref RequestReader args)
        => args.TryTakeName(out ReadOnlySpan<byte> name) ? Empty(fileSystem.Unlink(request, request.NodeId, name)) : Malformed;

    private int RmDir(FuseRequest request, ref RequestReader args)
        => args.TryTakeName(out ReadOnlySpan<byte> name) ? Empty(fileSystem.RmDir(request, request.NodeId, name)) : Malformed;

    private int Rename(FuseRequest request, ref RequestReader args)
        => args.TryTake(out fuse_rename_in* arg) ? Rename(request, arg->newdir, 0, ref args) : Malformed;

    private int Rename2(FuseRequest request, ref RequestReader args)
        => args.TryTake(out fuse_rename2_in* arg) ? Rename(request, arg->newdir, arg->flags, ref args) : Malformed;

    private int Rename(FuseRequest request, ulong newParent, uint flags, ref RequestReader args)
    {
        if (!args.TryTakeName(out ReadOnlySpan<byte> name) || !args.TryTakeName(out ReadOnlySpan<byte> newName))
            return Malformed;
        return Empty(fileSystem.Rename(request, request.NodeId, newParent, flags, name, newName));
    }

    private int Create(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_create_in* arg) || !args.TryTakeName(out ReadOnlySpan<byte> name))
            return Malformed;

        ref fuse_entry_out entry = ref reply.Struct<fuse_entry_out>();
        ref fuse_open_out open = ref reply.Struct<fuse_open_out>(sizeof(fuse_entry_out));
        return Created(fileSystem.Create(request, request.NodeId, in *arg, name, ref entry, ref open));
    }

    // fs/fuse/dir.c: fuse_create_open sends a name for O_TMPFILE too; it means nothing.
    private int TmpFile(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_create_in* arg))
            return Malformed;

        ref fuse_entry_out entry = ref reply.Struct<fuse_entry_out>();
        ref fuse_open_out open = ref reply.Struct<fuse_open_out>(sizeof(fuse_entry_out));
        return Created(fileSystem.TmpFile(request, request.NodeId, in *arg, ref entry, ref open));
    }

    private static int Entry(int result) => Sized(result, sizeof(fuse_entry_out));

    private static int Created(int result) => Sized(result, sizeof(fuse_entry_out) + sizeof(fuse_open_out));
}
