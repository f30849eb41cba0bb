namespace Fs.Tmpfs;

/// <summary>Names: look-up, creation, removal. Permissions are the kernel's work (default_permissions).</summary>
internal sealed partial class Superblock
{
    /// <summary>Finds a name and counts a look-up.</summary>
    public static int Lookup(DirectoryInode directory, ReadOnlySpan<byte> name, out Inode? inode)
    {
        inode = null;
        if (name.Length > MaxNameLength)
            return -Errno.ENAMETOOLONG;
        lock (directory)
        {
            inode = directory.Find(name);
            if (inode is null)
                return -Errno.ENOENT;
            Remember(inode);
            return 0;
        }
    }

    /// <summary>Gives a new inode a name and counts a look-up.</summary>
    public int Create(DirectoryInode directory, ReadOnlySpan<byte> name, Inode inode, uint uid, uint gid)
    {
        if (name.Length > MaxNameLength)
            return -Errno.ENAMETOOLONG;
        if (!InodeSpace.TryCharge(inode.Space))
            return -Errno.ENOSPC;

        int error = 0;
        lock (directory)
        {
            if (directory.Parent is null)
                error = -Errno.ENOENT;
            else if (directory.Find(name) is not null)
                error = -Errno.EEXIST;

            if (error == 0)
            {
                InheritFrom(directory, inode, uid, gid);
                inode.LookupCount = 1;
                inode.LinkCount = 1;
                Initialize(inode);
                if (inode is DirectoryInode child)
                {
                    child.LinkCount = 2;
                    child.Parent = directory;
                    directory.LinkCount++;
                }

                directory.Add(name, inode);
                directory.TouchModified();
            }
        }

        if (error != 0)
            InodeSpace.Uncharge(inode.Space);
        return error;
    }

    /// <summary>A file without a name (O_TMPFILE), with one look-up counted.</summary>
    public int CreateUnnamed(DirectoryInode directory, Inode inode, uint uid, uint gid)
    {
        if (!InodeSpace.TryCharge(inode.Space))
            return -Errno.ENOSPC;
        lock (directory)
            InheritFrom(directory, inode, uid, gid);
        inode.LookupCount = 1;
        Initialize(inode);
        return 0;
    }

    /// <summary>One more name, and one more look-up. Names beyond the first count as inodes (mm/shmem.c: shmem_link).</summary>
    public int Link(Inode inode, DirectoryInode directory, ReadOnlySpan<byte> name)
    {
        if (name.Length > MaxNameLength)
            return -Errno.ENAMETOOLONG;
        if (inode.IsDirectory)
            return -Errno.EPERM;

        bool charge = inode.LinkCount > 0;
        if (charge && !InodeSpace.TryCharge(InodeSpace.InodeSize))
            return -Errno.ENOSPC;

        int error = 0;
        lock (directory)
        {
            if (directory.Parent is null)
                error = -Errno.ENOENT;
            else if (directory.Find(name) is not null)
                error = -Errno.EEXIST;

            if (error == 0)
            {
                lock (inode)
                {
                    inode.LinkCount++;
                    inode.LookupCount++;
                    inode.TouchChanged();
                }

                directory.Add(name, inode);
                directory.TouchModified();
            }
        }

        if (error != 0 && charge)
            InodeSpace.Uncharge(InodeSpace.InodeSize);
        return error;
    }

    public int Unlink(DirectoryInode directory, ReadOnlySpan<byte> name)
    {
        Inode inode;
        lock (directory)
        {
            if (directory.Find(name) is not Inode found)
                return -Errno.ENOENT;
            if (found.IsDirectory)
                return -Errno.EISDIR;
            inode = found;
            directory.Remove(name);
            directory.TouchModified();
            DropLink(inode);
        }

        if (inode is RegularInode regular)
            Removed.Note(regular);
        EvictIfUnused(inode);
        return 0;
    }

    public int RemoveDirectory(DirectoryInode directory, ReadOnlySpan<byte> name)
    {
        DirectoryInode child;
        lock (directory)
        {
            Inode? found = directory.Find(name);
            if (found is not DirectoryInode)
                return found is null ? -Errno.ENOENT : -Errno.ENOTDIR;
            child = (DirectoryInode)found;
            lock (child)
            {
                if (child.Count > 0)
                    return -Errno.ENOTEMPTY;
                Bury(child);
            }

            directory.Remove(name);
            directory.LinkCount--;
            directory.TouchModified();
        }

        EvictIfUnused(child);
        return 0;
    }

    // A directory with the set-group-ID bit hands its group on, and the bit itself to directories
    // (fs/inode.c: inode_init_owner).
    private static void InheritFrom(DirectoryInode directory, Inode inode, uint uid, uint gid)
    {
        inode.Uid = uid;
        inode.Gid = gid;
        if ((directory.Mode & FileMode.S_ISGID) != 0)
        {
            inode.Gid = directory.Gid;
            if (inode.IsDirectory)
                inode.Mode |= FileMode.S_ISGID;
        }
    }

    private void DropLink(Inode inode)
    {
        lock (inode)
        {
            inode.LinkCount--;
            inode.TouchChanged();
            if (inode.LinkCount > 0)
                InodeSpace.Uncharge(InodeSpace.InodeSize);
        }
    }

    private static void Bury(DirectoryInode directory)
    {
        directory.LinkCount = 0;
        directory.Parent = null;
        directory.TouchChanged();
    }
}
