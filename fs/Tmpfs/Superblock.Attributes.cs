namespace Fs.Tmpfs;

/// <summary>Attributes and extended attributes.</summary>
internal sealed partial class Superblock
{
    /// <summary>What exec gives a file's program beyond the caller's rights, beside the bits of the mode.</summary>
    public static ReadOnlySpan<byte> CapabilityAttribute => "security.capability"u8;

    public int SetAttributes(Inode inode, in AttributeChange change)
    {
        if (change.Size is long size)
        {
            if (inode is not RegularInode regular)
                return inode.IsDirectory ? -Errno.EISDIR : -Errno.EINVAL;
            int error = Truncate(regular, size);
            if (error != 0)
                return error;
        }

        lock (inode)
        {
            // What the kernel wrote until now is older than the times that are set now.
            if (KernelWritesStores)
                inode.SyncTimes(inode.Contents);
            if (change.Mode is uint mode)
                inode.Mode = (inode.Mode & FileMode.S_IFMT) | (mode & FileMode.PermissionBits);
            inode.Uid = change.Uid ?? inode.Uid;
            inode.Gid = change.Gid ?? inode.Gid;

            // chown takes them from everybody (fs/open.c: chown_common); write and truncate from who has not CAP_FSETID,
            // which the kernel tells.
            bool chowned = (change.Uid ?? change.Gid) is not null && !inode.IsDirectory;
            if (chowned || change.KillPrivileges)
                KillPrivileges(inode, change.KeepSetGroupId);

            inode.AccessTime = change.AccessTime ?? inode.AccessTime;
            inode.ModifyTime = change.ModifyTime ?? inode.ModifyTime;
            inode.ChangeTime = change.ChangeTime ?? Now;
        }

        return 0;
    }

    /// <summary>Sets i_size and the times that go with it; also what O_TRUNC does.</summary>
    public static int Truncate(RegularInode inode, long size)
    {
        int error = inode.Mapping.Truncate(size);
        if (error == 0)
        {
            lock (inode)
                inode.TouchModified();
        }

        return error;
    }

    /// <summary>Takes set-user-ID, set-group-ID and capabilities away. The caller holds the inode's monitor.</summary>
    /// <returns>Whether the mode has changed.</returns>
    public static bool KillPrivileges(Inode inode, bool keepSetGroupId)
    {
        uint before = inode.Mode;
        inode.Mode = FileMode.Unprivileged(before, keepSetGroupId);
        inode.Attributes?.Remove(CapabilityAttribute);
        return inode.Mode != before;
    }

    public static int SetExtendedAttribute(Inode inode, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, uint flags)
    {
        int error = ExtendedAttributes.CheckName(name);
        if (error != 0)
            return error;
        if (value.Length > ExtendedAttributes.MaxValueSize)
            return -Errno.E2BIG;
        lock (inode)
        {
            error = (inode.Attributes ??= new ExtendedAttributes(inode.Superblock.InodeSpace)).Set(name, value, flags);
            if (error == 0)
                inode.TouchChanged();
            return error;
        }
    }

    public static int RemoveExtendedAttribute(Inode inode, ReadOnlySpan<byte> name)
    {
        int error = ExtendedAttributes.CheckName(name);
        if (error != 0)
            return error;
        lock (inode)
        {
            if (inode.Attributes is null || !inode.Attributes.Remove(name))
                return -Errno.ENODATA;
            inode.TouchChanged();
            return 0;
        }
    }
}
