using Fs.Tmpfs;
using Fuse;

namespace Fs.Mount;

/// <summary>Requests that make, remove and move names.</summary>
internal sealed partial class VrangeFileSystem
{
    /// <inheritdoc/>
    public override int MkNod(FuseRequest request, ulong parent, in fuse_mknod_in arg, ReadOnlySpan<byte> name, ref fuse_entry_out entry)
    {
        Inode inode = Tmpfs.FileMode.IsRegular(arg.mode) || (arg.mode & Tmpfs.FileMode.S_IFMT) == 0
            ? new RegularInode(superblock, arg.mode)
            : new SpecialInode(superblock, arg.mode, arg.rdev);
        return Make(request, parent, name, inode, ref entry);
    }

    /// <inheritdoc/>
    public override int MkDir(FuseRequest request, ulong parent, in fuse_mkdir_in arg, ReadOnlySpan<byte> name, ref fuse_entry_out entry)
        => parent == ProcIno(Proc.Root.Id)
            ? MakeTask(request, name.ToArray())
            : Make(request, parent, name, new DirectoryInode(superblock, arg.mode), ref entry);

    /// <inheritdoc/>
    public override int SymLink(
        FuseRequest request, ulong parent, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target, ref fuse_entry_out entry)
        => Make(request, parent, name, new SymlinkInode(superblock, target.ToArray()), ref entry);

    /// <inheritdoc/>
    public override int Create(
        FuseRequest request,
        ulong parent,
        in fuse_create_in arg,
        ReadOnlySpan<byte> name,
        ref fuse_entry_out entry,
        ref fuse_open_out open)
    {
        int error = DirectoryOf(parent, out DirectoryInode? directory);
        if (error == 0 && IsProcName(parent, name))
            error = -Errno.EEXIST;
        if (error != 0)
            return error;
        return MustAwaitRemoved(arg.flags)
            ? MakeOpenElsewhere(request, directory!, name.ToArray(), arg)
            : MakeOpen(new Opener(request.Uid, request.Gid, request.Pid), directory!, name, arg, ref entry, ref open);
    }

    /// <inheritdoc/>
    public override int TmpFile(
        FuseRequest request, ulong parent, in fuse_create_in arg, ref fuse_entry_out entry, ref fuse_open_out open)
    {
        int error = DirectoryOf(parent, out DirectoryInode? directory);
        if (error != 0)
            return error;
        return MustAwaitRemoved(arg.flags)
            ? MakeOpenElsewhere(request, directory!, [], arg)
            : MakeOpen(new Opener(request.Uid, request.Gid, request.Pid), directory!, default, arg, ref entry, ref open);
    }

    /// <inheritdoc/>
    public override int Link(FuseRequest request, ulong node, ulong newParent, ReadOnlySpan<byte> newName, ref fuse_entry_out entry)
    {
        if (IsProc(node))
            return -Errno.EXDEV;
        int error = DirectoryOf(newParent, out DirectoryInode? directory);
        if (error == 0 && IsProcName(newParent, newName))
            error = -Errno.EEXIST;
        if (error != 0)
            return error;
        if (superblock.Inodes.Find(node) is not Inode inode)
            return -Errno.ESTALE;
        error = superblock.Link(inode, directory!, newName);
        if (error == 0)
            FillEntry(inode, request.Pid, ref entry);
        return error;
    }

    /// <inheritdoc/>
    public override int Unlink(FuseRequest request, ulong parent, ReadOnlySpan<byte> name)
    {
        if (IsProc(parent) || IsProcName(parent, name))
            return -Errno.EPERM;
        int error = DirectoryOf(parent, out DirectoryInode? directory);
        return error != 0 ? error : superblock.Unlink(directory!, name);
    }

    /// <inheritdoc/>
    public override int RmDir(FuseRequest request, ulong parent, ReadOnlySpan<byte> name)
    {
        if (parent == ProcIno(Proc.Root.Id))
            return RemoveTask(request, name.ToArray());
        if (IsProc(parent) || IsProcName(parent, name))
            return -Errno.EPERM;
        int error = DirectoryOf(parent, out DirectoryInode? directory);
        return error != 0 ? error : superblock.RemoveDirectory(directory!, name);
    }

    /// <inheritdoc/>
    public override int Rename(
        FuseRequest request, ulong parent, ulong newParent, uint flags, ReadOnlySpan<byte> name, ReadOnlySpan<byte> newName)
    {
        if (IsProcName(parent, name) || IsProcName(newParent, newName))
            return -Errno.EPERM;
        int error = DirectoryOf(parent, out DirectoryInode? from);
        if (error != 0)
            return error;
        error = DirectoryOf(newParent, out DirectoryInode? to);
        return error != 0 ? error : superblock.Rename(from!, name, to!, newName, flags, request.Uid, request.Gid);
    }

    // A file with a name or, where that is empty, without one. Its store comes first: nobody sees the name of a file that
    // cannot be had.
    private int MakeOpen(
        in Opener opener,
        DirectoryInode directory,
        ReadOnlySpan<byte> name,
        in fuse_create_in arg,
        ref fuse_entry_out entry,
        ref fuse_open_out open)
    {
        var inode = new RegularInode(superblock, arg.mode);
        int error = Hold(inode, opener.Uid, arg.flags, out int backingId);
        if (error == 0)
        {
            error = name.IsEmpty
                ? superblock.CreateUnnamed(directory, inode, opener.Uid, opener.Gid)
                : superblock.Create(directory, name, inode, opener.Uid, opener.Gid);
            if (error != 0)
            {
                inode.Mapping.Release();
                _opens.Add(opener.Uid, -1);
            }
        }

        if (error != 0)
        {
            inode.Evict();
            return error;
        }

        // Not opened yet, so not mapped either: the kernel may keep the attributes.
        FillEntry(inode, opener.Thread, ref entry);
        FillOpen(inode, opener, arg.flags, backingId, ref open);
        return 0;
    }

    private int MakeOpenElsewhere(FuseRequest request, DirectoryInode directory, byte[] name, fuse_create_in arg)
        => _blocking.Run(request, reply =>
        {
            superblock.Removed.AwaitNeeded();
            fuse_entry_out entry = default;
            fuse_open_out open = default;
            int error = MakeOpen(new Opener(reply.Uid, reply.Gid, reply.Pid), directory, name, arg, ref entry, ref open);
            if (error != 0)
                reply.CompleteError(error);
            else
                reply.CompleteCreate(entry, open);
        });

    private int Make(FuseRequest request, ulong parent, ReadOnlySpan<byte> name, Inode inode, ref fuse_entry_out entry)
    {
        int error = DirectoryOf(parent, out DirectoryInode? directory);
        if (error == 0 && IsProcName(parent, name))
            error = -Errno.EEXIST;
        if (error == 0)
            error = superblock.Create(directory!, name, inode, request.Uid, request.Gid);
        if (error == 0)
            FillEntry(inode, request.Pid, ref entry);
        return error;
    }

    // Nothing can be made in proc; the kernel says ENOENT there (fs/proc/root.c has no create).
    private int DirectoryOf(ulong node, out DirectoryInode? directory)
    {
        directory = null;
        if (IsProc(node))
            return -Errno.ENOENT;
        Inode? inode = superblock.Inodes.Find(node);
        directory = inode as DirectoryInode;
        return directory is not null ? 0 : inode is null ? -Errno.ESTALE : -Errno.ENOTDIR;
    }
}
