using Fs.Tmpfs;
using Fuse;
using KernelModel.Mapping;
using Microsoft.Extensions.Logging;
using UserCounts = KernelModel.UserCounts;

namespace Fs.Mount;

/// <summary>
/// The mount: the tree of a <see cref="Superblock"/> with <c>proc</c> in its root, spoken in the FUSE protocol. Permissions
/// are checked by the kernel (default_permissions); what comes in through proc is checked there.
/// </summary>
internal sealed partial class VrangeFileSystem(Superblock superblock, ILogger logger) : FuseFileSystem
{
    // The daemon is the only one who changes the tree, and it says so when it does: the kernel may keep what it knows.
    private const ulong CacheSeconds = 3600;

    private readonly HandleTable<OpenFile> _open = new();
    private readonly HandleTable<OpenDirectory> _openDirectories = new();

    // What a user holds open is his own limit's matter; what that costs the daemon is this one's. A file of proc keeps the
    // text that was rendered for it.
    private readonly UserCounts _opens = new(share: 1 << 17, ownerShare: 1 << 22) { Owner = Host.Libc.geteuid() };
    private readonly UserCounts _procOpens = new(share: 1 << 7, ownerShare: 1 << 12) { Owner = Host.Libc.geteuid() };
    private readonly Blocking _blocking = new(logger);

    /// <inheritdoc/>
    public override void Destroy() => _blocking.Stop();

    /// <inheritdoc/>
    public override int Lookup(FuseRequest request, ulong parent, ReadOnlySpan<byte> name, ref fuse_entry_out entry)
    {
        if (IsProc(parent))
            return LookupInProc(parent, name, ref entry);
        if (parent == superblock.Root.Ino && name.SequenceEqual(ProcName))
            return FillProcEntry(Proc.Root, ref entry);

        // With EXPORT_SUPPORT the kernel reconnects file handles by looking up "." and "..".
        Inode? inode;
        int error;
        if (name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
            error = LookupDot(parent, name.Length == 2, out inode);
        else if (superblock.Inodes.Find(parent) is DirectoryInode directory)
            error = Superblock.Lookup(directory, name, out inode);
        else
            return -Errno.ENOTDIR;

        if (error == -Errno.ENOENT)
        {
            // A name that is not there may be remembered too.
            entry.nodeid = 0;
            entry.entry_valid = CacheSeconds;
            return 0;
        }

        if (error == 0)
            FillEntry(inode!, request.Pid, ref entry);
        return error;
    }

    /// <inheritdoc/>
    public override void Forget(ulong node, ulong nlookup)
    {
        if (IsProcFile(node))
            _procNodes.Forget(SlotOf(node), nlookup);
        else if (!IsProc(node) && superblock.Inodes.Find(node) is Inode inode)
            superblock.Forget(inode, nlookup);
    }

    /// <inheritdoc/>
    public override int StatFs(FuseRequest request, ulong node, ref fuse_kstatfs numbers)
    {
        // mm/shmem.c: shmem_statfs: without a limit there is nothing to say.
        long limit = superblock.Storage.LimitPages;
        numbers.bsize = PageSize.Bytes;
        numbers.frsize = PageSize.Bytes;
        numbers.namelen = Superblock.MaxNameLength;
        if (limit > 0)
        {
            numbers.blocks = (ulong)limit;
            numbers.bfree = numbers.bavail = (ulong)Math.Clamp(limit - superblock.Storage.UsedPages + superblock.Removed.Pages, 0, limit);
        }

        InodeSpace inodes = superblock.InodeSpace;
        if (inodes.MaxInodes > 0)
        {
            numbers.files = (ulong)inodes.MaxInodes;
            numbers.ffree = (ulong)Math.Max(0, inodes.MaxInodes - inodes.UsedInodes);
        }

        return 0;
    }

    private int LookupDot(ulong node, bool parent, out Inode? inode)
    {
        inode = superblock.Inodes.Find(node);
        if (inode is null)
            return -Errno.ESTALE;
        if (parent)
            inode = (inode as DirectoryInode)?.Parent;
        if (inode is null)
            return -Errno.ENOENT;
        Superblock.Remember(inode);
        return 0;
    }

    private void FillEntry(Inode inode, uint thread, ref fuse_entry_out entry)
    {
        entry.nodeid = inode.Ino;
        entry.entry_valid = CacheSeconds;
        entry.attr_valid = FillAttributes(inode, thread, ref entry.attr);
    }

    /// <summary>Fills them in and returns for how many seconds the kernel may keep them, once it has told the thread.</summary>
    private ulong FillAttributes(Inode inode, uint thread, ref fuse_attr attributes)
    {
        lock (inode)
        {
            // First: what changes after this look makes the kernel ask again.
            ulong valid = AttributeSeconds(inode, thread);
            attributes.ino = inode.Ino;
            StoreStat contents = inode.Contents;
            if (Passthrough)
                inode.SyncTimes(contents);
            attributes.size = (ulong)contents.Size;
            attributes.blocks = (ulong)(contents.Pages << (PageSize.Shift - 9));
            attributes.atime = (ulong)inode.AccessTime.Seconds;
            attributes.mtime = (ulong)inode.ModifyTime.Seconds;
            attributes.ctime = (ulong)inode.ChangeTime.Seconds;
            attributes.atimensec = inode.AccessTime.Nanoseconds;
            attributes.mtimensec = inode.ModifyTime.Nanoseconds;
            attributes.ctimensec = inode.ChangeTime.Nanoseconds;
            attributes.mode = inode.Mode;
            attributes.nlink = inode.LinkCount;
            attributes.uid = inode.Uid;
            attributes.gid = inode.Gid;
            attributes.rdev = inode.DeviceNumber;
            attributes.blksize = PageSize.Bytes;
            return valid;
        }
    }
}
