using Fs.Tmpfs;
using ProcFs;
using ProcFs.Nodes;

namespace Fs.Host;

/// <summary>
/// Paths that lead into proc, walked with a caller's rights. None of its files can be marked; which error that is depends
/// on how far the path leads (R14 before R2).
/// </summary>
internal static class ProcPath
{
    /// <summary>Walks from the root of proc.</summary>
    /// <param name="proc">The tree.</param>
    /// <param name="path">The path behind <c>proc</c>.</param>
    /// <param name="caller">Whose rights.</param>
    /// <param name="ownerUid">Owner of the fixed files.</param>
    /// <param name="back">When the result is 0: the rest of a path that leads out again, from the root of the mount.</param>
    /// <returns>0, -ENOENT, -ENOTDIR, -EACCES, or -EBADF for a path that ends in proc.</returns>
    public static int Check(ProcTree proc, ReadOnlySpan<byte> path, Caller caller, uint ownerUid, out ReadOnlySpan<byte> back)
    {
        ProcNode at = proc.Root;
        back = default;
        while (true)
        {
            bool mustBeDirectory = path.StartsWith("/"u8);
            path = path.TrimStart((byte)'/');
            if (mustBeDirectory && at is not ProcDirectory)
                return -Errno.ENOTDIR;
            if (path.IsEmpty)
            {
                int error = Check(at, caller, ownerUid, Credentials.MAY_WRITE);
                return error != 0 ? error : -Errno.EBADF;
            }

            int slash = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> name = slash < 0 ? path : path[..slash];
            path = slash < 0 ? default : path[slash..];
            if (name.SequenceEqual("."u8))
                continue;
            var directory = (ProcDirectory)at;
            if (name.SequenceEqual(".."u8))
            {
                if (at == proc.Root)
                {
                    back = path;
                    return 0;
                }

                at = proc.Find(directory.ParentId) ?? proc.Root;
                continue;
            }

            ProcNode? next = directory.Find(name);
            if (next is ProcSymlink link)
            {
                if (link.IsMagic)
                    return -Errno.ELOOP;
                if (link.Read(caller, out byte[] target) != 0)
                    return -Errno.ENOENT;
                path = (byte[])[.. target, .. path];
                continue;
            }

            int search = next is ProcDirectory ? Check(next, caller, ownerUid, Credentials.MAY_EXEC) : 0;
            if (search != 0)
                return search;
            if (next is null)
                return -Errno.ENOENT;
            at = next;
        }
    }

    private static int Check(ProcNode node, Caller caller, uint ownerUid, uint access)
        => new Credentials(caller).Check(node.Mode, node.IsPermanent ? ownerUid : node.Uid, node.Gid, access);
}
