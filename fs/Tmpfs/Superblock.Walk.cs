namespace Fs.Tmpfs;

/// <summary>Paths in both directions: from a path to its inode with somebody's rights, and back.</summary>
internal sealed partial class Superblock
{
    private const int MaxLinks = 40;      // MAXSYMLINKS
    private const int MaxPath = 4096;     // PATH_MAX

    /// <summary>Walks a path from the root of the mount, following links (fs/namei.c: path_lookupat).</summary>
    /// <param name="path">The path; a leading slash or none means the same.</param>
    /// <param name="credentials">Search permission is asked with these.</param>
    /// <param name="mountPoint">
    /// Where the mount is. An absolute link means a path of the host: only one that leads back here can be followed.
    /// </param>
    /// <param name="inode">The file; null for a path that leads into <see cref="ProcName"/>, where it is not followed.</param>
    /// <param name="inProc">The rest of such a path.</param>
    /// <returns>0, -ENOENT, -ENOTDIR, -EACCES (fs.protected_symlinks too), -ELOOP, -ENAMETOOLONG, or -EXDEV for a link that leaves the mount.</returns>
    public int Walk(
        ReadOnlySpan<byte> path,
        Credentials credentials,
        ReadOnlySpan<byte> mountPoint,
        out Inode? inode,
        out ReadOnlySpan<byte> inProc)
    {
        inode = null;
        inProc = default;
        if (path.Length >= MaxPath)
            return -Errno.ENAMETOOLONG;

        Inode at = Root;
        ReadOnlySpan<byte> rest = path;
        for (int links = 0; ;)
        {
            bool mustBeDirectory = rest.StartsWith("/"u8);
            rest = rest.TrimStart((byte)'/');
            if (rest.IsEmpty)
            {
                if (mustBeDirectory && !at.IsDirectory)
                    return -Errno.ENOTDIR;
                inode = at;
                return 0;
            }

            int slash = rest.IndexOf((byte)'/');
            ReadOnlySpan<byte> name = slash < 0 ? rest : rest[..slash];
            rest = slash < 0 ? default : rest[slash..];
            if (at is not DirectoryInode directory)
                return -Errno.ENOTDIR;
            if (links > 0 && at == Root && name.SequenceEqual(".."u8))
                return -Errno.EXDEV;
            if (at == Root && name.SequenceEqual(ProcName))
            {
                inProc = rest;
                return credentials.Check(Root, Credentials.MAY_EXEC);
            }

            int error = Step(directory, name, credentials, out Inode? next);
            if (error != 0)
                return error;

            if (next is not SymlinkInode link)
            {
                at = next!;
                continue;
            }

            if (++links > MaxLinks)
                return -Errno.ELOOP;
            if (!MayFollow(link, directory, credentials))
                return -Errno.EACCES;
            ReadOnlySpan<byte> target = link.Target;
            if (target.StartsWith("/"u8))
            {
                if (!target.StartsWith(mountPoint) || (target.Length > mountPoint.Length && target[mountPoint.Length] != (byte)'/'))
                    return -Errno.EXDEV;
                target = target[mountPoint.Length..];
                at = Root;
            }
            else
            {
                at = directory;
            }

            rest = (byte[])[.. target, .. rest];
        }
    }

    /// <summary>A path from the root of the mount. A file without a name keeps the one that went last (fs/d_path.c).</summary>
    public static byte[] PathOf(Inode inode, out bool isDeleted)
    {
        var names = new List<byte[]>();
        int length = 0;
        isDeleted = false;
        Inode at = inode;
        while (at != inode.Superblock.Root)
        {
            Dentry? name;
            lock (at)
            {
                isDeleted |= !at.HasName;
                name = at.Name;
            }

            if (name is not Dentry entry)
                break;
            names.Add(entry.Name);
            length += entry.Name.Length + 1;
            at = entry.Parent;
        }

        var path = new byte[Math.Max(1, length)];
        path[0] = (byte)'/';
        int end = length;
        foreach (byte[] name in names)
        {
            end -= name.Length;
            name.CopyTo(path, end);
            path[--end] = (byte)'/';
        }

        return path;
    }

    // fs/namei.c: may_follow_link. In a sticky directory that is everybody's a link is for its owner, and for all only when
    // the directory's owner made it.
    private bool MayFollow(SymlinkInode link, DirectoryInode directory, Credentials credentials)
    {
        const uint Shared = FileMode.S_ISVTX | FileMode.S_IWOTH;
        return link.Uid == credentials.Caller.Uid
            || (directory.Mode & Shared) != Shared
            || link.Uid == directory.Uid
            || !_protectsSymlinks();
    }

    private static int Step(DirectoryInode directory, ReadOnlySpan<byte> name, Credentials credentials, out Inode? next)
    {
        next = null;
        int error = credentials.Check(directory, Credentials.MAY_EXEC);
        if (error != 0)
            return error;
        if (name.Length > MaxNameLength)
            return -Errno.ENAMETOOLONG;
        if (name.SequenceEqual("."u8))
            next = directory;
        else if (name.SequenceEqual(".."u8))
            next = directory.Parent;
        else
        {
            lock (directory)
                next = directory.Find(name);
        }

        return next is null ? -Errno.ENOENT : 0;
    }
}
