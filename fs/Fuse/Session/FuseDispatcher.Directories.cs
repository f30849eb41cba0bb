namespace Fuse;

internal sealed unsafe partial class FuseDispatcher
{
    private int OpenDir(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_open_in* arg))
            return Malformed;
        int result = fileSystem.OpenDir(request, request.NodeId, in *arg, ref reply.Struct<fuse_open_out>());
        return Sized(result, sizeof(fuse_open_out));
    }

    private int ReadDir(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_read_in* arg))
            return Malformed;
        DirectoryWriter writer = Writer(arg, in reply);
        return Sized(fileSystem.ReadDir(request, request.NodeId, in *arg, ref writer), writer.Length);
    }

    private int ReadDirPlus(FuseRequest request, ref RequestReader args, in ReplyBuffer reply)
    {
        if (!args.TryTake(out fuse_read_in* arg))
            return Malformed;
        DirectoryWriter writer = Writer(arg, in reply);
        return Sized(fileSystem.ReadDirPlus(request, request.NodeId, in *arg, ref writer), writer.Length);
    }

    private int ReleaseDir(FuseRequest request, ref RequestReader args)
        => args.TryTake(out fuse_release_in* arg) ? Empty(fileSystem.ReleaseDir(request, request.NodeId, in *arg)) : Malformed;

    private int FSyncDir(FuseRequest request, ref RequestReader args)
        => args.TryTake(out fuse_fsync_in* arg) ? Empty(fileSystem.FSyncDir(request, request.NodeId, in *arg)) : Malformed;

    // A shorter answer than asked for is not the end of a directory, unlike that of a file.
    private static DirectoryWriter Writer(fuse_read_in* arg, in ReplyBuffer reply)
        => new(reply.Bytes((int)Math.Min(arg->size, (uint)reply.Capacity)));
}
