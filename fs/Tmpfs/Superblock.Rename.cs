namespace Fs.Tmpfs;

/// <summary>rename, with the three flags that tmpfs knows (mm/shmem.c: shmem_rename2).</summary>
internal sealed partial class Superblock
{
    private const uint RENAME_NOREPLACE = 1;
    private const uint RENAME_EXCHANGE = 2;
    private const uint RENAME_WHITEOUT = 4;

    // Comes before every directory: the ancestry of directories changes only under it.
    private readonly Lock _renameLock = new();

    /// <summary>Moves a name. Who renames owns the whiteout, if one is left behind.</summary>
    public int Rename(
        DirectoryInode from, ReadOnlySpan<byte> name, DirectoryInode to, ReadOnlySpan<byte> newName, uint flags, uint uid, uint gid)
    {
        if ((flags & ~(RENAME_NOREPLACE | RENAME_EXCHANGE | RENAME_WHITEOUT)) != 0)
            return -Errno.EINVAL;
        if (newName.Length > MaxNameLength)
            return -Errno.ENAMETOOLONG;

        Inode? replaced = null;
        int error;
        lock (_renameLock)
        {
            (DirectoryInode outer, DirectoryInode inner) = InLockOrder(from, to);
            lock (outer)
            {
                lock (inner)
                {
                    error = (flags & RENAME_EXCHANGE) != 0
                        ? Exchange(from, name, to, newName)
                        : Move(from, name, to, newName, flags, (uid, gid), out replaced);
                }
            }
        }

        if (replaced is RegularInode regular)
            Removed.Note(regular);
        if (replaced is not null)
            EvictIfUnused(replaced);
        return error;
    }

    private int Move(
        DirectoryInode from,
        ReadOnlySpan<byte> name,
        DirectoryInode to,
        ReadOnlySpan<byte> newName,
        uint flags,
        (uint Uid, uint Gid) caller,
        out Inode? replaced)
    {
        replaced = null;
        if (from.Find(name) is not Inode source)
            return -Errno.ENOENT;
        if (to.Parent is null)
            return -Errno.ENOENT;

        Inode? target = to.Find(newName);
        int error = CheckReplace(source, target, to, flags);
        if (error != 0 || target == source)
            return error;

        SpecialInode? whiteout = null;
        if ((flags & RENAME_WHITEOUT) != 0)
        {
            if (!InodeSpace.TryCharge(InodeSpace.InodeSize))
                return -Errno.ENOSPC;
            whiteout = new SpecialInode(this, FileMode.S_IFCHR, 0) { LinkCount = 1 };
            InheritFrom(from, whiteout, caller.Uid, caller.Gid);
            Initialize(whiteout);
        }

        if (target is not null)
        {
            replaced = target;
            to.Remove(newName);
            if (replaced is DirectoryInode buried)
            {
                lock (buried)
                    Bury(buried);
                to.LinkCount--;
            }
            else
            {
                DropLink(replaced);
            }
        }

        from.Remove(name);
        to.Add(newName, source);
        Adopt(source, from, to);
        if (whiteout is not null)
            from.Add(name, whiteout);

        from.TouchModified();
        to.TouchModified();
        lock (source)
            source.TouchChanged();
        return 0;
    }

    private static int Exchange(DirectoryInode from, ReadOnlySpan<byte> name, DirectoryInode to, ReadOnlySpan<byte> newName)
    {
        if (from.Find(name) is not Inode left || to.Find(newName) is not Inode right)
            return -Errno.ENOENT;
        if (left == right)
            return 0;
        if (IsWithin(to, left) || IsWithin(from, right))
            return -Errno.EINVAL;

        from.Remove(name);
        to.Remove(newName);
        from.Add(name, right);
        to.Add(newName, left);
        Adopt(left, from, to);
        Adopt(right, to, from);
        from.TouchModified();
        to.TouchModified();
        lock (left)
            left.TouchChanged();
        lock (right)
            right.TouchChanged();
        return 0;
    }

    private static int CheckReplace(Inode source, Inode? target, DirectoryInode to, uint flags)
    {
        if (IsWithin(to, source))
            return -Errno.EINVAL;
        if (target is null)
            return 0;
        if ((flags & RENAME_NOREPLACE) != 0)
            return -Errno.EEXIST;
        if (target is DirectoryInode directory)
        {
            if (!source.IsDirectory)
                return -Errno.EISDIR;
            lock (directory)
                return directory.Count > 0 ? -Errno.ENOTEMPTY : 0;
        }

        return source.IsDirectory ? -Errno.ENOTDIR : 0;
    }

    private static void Adopt(Inode inode, DirectoryInode from, DirectoryInode to)
    {
        if (inode is DirectoryInode directory && from != to)
        {
            directory.Parent = to;
            from.LinkCount--;
            to.LinkCount++;
        }
    }

    private static bool IsWithin(DirectoryInode directory, Inode ancestor)
    {
        for (DirectoryInode? at = directory; at is not null; at = at.Parent == at ? null : at.Parent)
        {
            if (at == ancestor)
                return true;
        }

        return false;
    }

    private static (DirectoryInode Outer, DirectoryInode Inner) InLockOrder(DirectoryInode a, DirectoryInode b)
        => IsWithin(a, b) || (!IsWithin(b, a) && b.Ino < a.Ino) ? (b, a) : (a, b);
}
