using System.Text;
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
                int error = new Credentials(caller).Check(at.Mode, at.IsPermanent ? ownerUid : at.Uid, at.Gid, Credentials.MAY_WRITE);
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

            // Its directories may be searched by everybody. The one link there is, self, names its neighbour.
            ProcNode? next = directory.Find(name);
            if (next is ProcSymlink link)
                next = link.Target(caller) is string target ? directory.Find(Encoding.UTF8.GetBytes(target)) : null;
            if (next is null)
                return -Errno.ENOENT;
            at = next;
        }
    }
}
