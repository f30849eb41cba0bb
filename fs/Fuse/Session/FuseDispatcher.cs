using static Fuse.FuseOpcode;

namespace Fuse;

/// <summary>
/// Decodes a request, calls the filesystem, encodes the answer into the reply buffer. Has no state of its own, so that all
/// workers share one. Returns the length of the payload, a negative errno, or a value of <see cref="FuseResult"/>.
/// </summary>
internal sealed partial class FuseDispatcher(FuseFileSystem fileSystem, FuseConnection connection)
{
    private const int Malformed = -Errno.EIO;

    /// <summary>Whether a request of this kind is never answered, not even when it fails.</summary>
    internal static bool HasNoReply(FuseOpcode opcode) => opcode is FUSE_FORGET or FUSE_BATCH_FORGET or FUSE_INTERRUPT or FUSE_NOTIFY_REPLY;

    internal int Dispatch(FuseRequest request, ref RequestReader args, in ReplyBuffer reply) => request.Opcode switch
    {
        FUSE_LOOKUP => Lookup(request, ref args, in reply),
        FUSE_FORGET => Forget(request, ref args),
        FUSE_BATCH_FORGET => BatchForget(ref args),
        FUSE_GETATTR => GetAttr(request, ref args, in reply),
        FUSE_SETATTR => SetAttr(request, ref args, in reply),
        FUSE_READLINK => ReadLink(request, in reply),
        FUSE_SYMLINK => SymLink(request, ref args, in reply),
        FUSE_MKNOD => MkNod(request, ref args, in reply),
        FUSE_MKDIR => MkDir(request, ref args, in reply),
        FUSE_UNLINK => Unlink(request, ref args),
        FUSE_RMDIR => RmDir(request, ref args),
        FUSE_RENAME => Rename(request, ref args),
        FUSE_RENAME2 => Rename2(request, ref args),
        FUSE_LINK => Link(request, ref args, in reply),
        FUSE_OPEN => Open(request, ref args, in reply),
        FUSE_CREATE => Create(request, ref args, in reply),
        FUSE_TMPFILE => TmpFile(request, ref args, in reply),
        FUSE_READ => Read(request, ref args, in reply),
        FUSE_WRITE => Write(request, ref args, in reply),
        FUSE_FLUSH => Flush(request, ref args),
        FUSE_RELEASE => Release(request, ref args),
        FUSE_FSYNC => FSync(request, ref args),
        FUSE_FALLOCATE => FAllocate(request, ref args),
        FUSE_LSEEK => LSeek(request, ref args, in reply),
        FUSE_COPY_FILE_RANGE => CopyFileRange(request, ref args, in reply),
        FUSE_COPY_FILE_RANGE_64 => CopyFileRange64(request, ref args, in reply),
        FUSE_POLL => Poll(request, ref args, in reply),
        FUSE_IOCTL => Ioctl(request, ref args, in reply),
        FUSE_OPENDIR => OpenDir(request, ref args, in reply),
        FUSE_READDIR => ReadDir(request, ref args, in reply),
        FUSE_READDIRPLUS => ReadDirPlus(request, ref args, in reply),
        FUSE_RELEASEDIR => ReleaseDir(request, ref args),
        FUSE_FSYNCDIR => FSyncDir(request, ref args),
        FUSE_STATFS => StatFs(request, in reply),
        FUSE_STATX => StatX(request, ref args, in reply),
        FUSE_SYNCFS => fileSystem.SyncFs(request, request.NodeId),
        FUSE_ACCESS => Access(request, ref args),
        FUSE_GETXATTR => GetXAttr(request, ref args, in reply),
        FUSE_SETXATTR => SetXAttr(request, ref args),
        FUSE_LISTXATTR => ListXAttr(request, ref args, in reply),
        FUSE_REMOVEXATTR => RemoveXAttr(request, ref args),
        FUSE_DESTROY => 0,
        FUSE_NOTIFY_REPLY => FuseResult.NoReply,
        _ => -Errno.ENOSYS,
    };

    /// <summary>Success (0 or anything positive) answers a payload of <paramref name="size"/> bytes.</summary>
    private static int Sized(int result, int size) => result < 0 ? result : size;

    /// <summary>Success answers nothing but the header.</summary>
    private static int Empty(int result) => Math.Min(result, 0);

    /// <summary>A count that must not be larger than the room it had.</summary>
    private static int Bounded(int count, int room) => count > room ? -Errno.EIO : count;
}
