using Fs.Tmpfs;
using Fuse;
using KernelModel.Mapping;

namespace Fs.Mount;

/// <summary>Attributes and extended attributes.</summary>
internal sealed partial class VrangeFileSystem
{
    // linux/stat.h: STATX_BASIC_STATS
    private const uint BasicStats = 0x7FF;

    /// <inheritdoc/>
    public override int GetAttr(FuseRequest request, ulong node, in fuse_getattr_in arg, ref fuse_attr_out attributes)
    {
        if (IsProc(node))
            return GetProcAttributes(node, ref attributes);
        if (superblock.Inodes.Find(node) is not Inode inode)
            return -Errno.ESTALE;
        attributes.attr_valid = FillAttributes(inode, request.Pid, ref attributes.attr);
        return 0;
    }

    /// <inheritdoc/>
    public override int SetAttr(FuseRequest request, ulong node, in fuse_setattr_in arg, ref fuse_attr_out attributes)
    {
        if (IsProc(node))
            return SetProcAttributes(node, arg, ref attributes);
        if (superblock.Inodes.Find(node) is not Inode inode)
            return -Errno.ESTALE;

        FATTR valid = arg.valid;
        if ((valid & ~FATTR.FATTR_LOCKOWNER) == 0)
            return RemovePrivileges(request, inode, ref attributes);
        var change = new AttributeChange
        {
            Mode = (valid & FATTR.FATTR_MODE) != 0 ? arg.mode : null,
            Uid = (valid & FATTR.FATTR_UID) != 0 ? arg.uid : null,
            Gid = (valid & FATTR.FATTR_GID) != 0 ? arg.gid : null,
            Size = (valid & FATTR.FATTR_SIZE) != 0 ? (long)arg.size : null,
            AccessTime = TimeOf(valid, FATTR.FATTR_ATIME, FATTR.FATTR_ATIME_NOW, arg.atime, arg.atimensec),
            ModifyTime = TimeOf(valid, FATTR.FATTR_MTIME, FATTR.FATTR_MTIME_NOW, arg.mtime, arg.mtimensec),
            ChangeTime = TimeOf(valid, FATTR.FATTR_CTIME, 0, arg.ctime, arg.ctimensec),
            KillPrivileges = (valid & FATTR.FATTR_KILL_SUIDGID) != 0,
            KeepSetGroupId = KeepsSetGroupId(inode, request.Uid, request.Gid, request.Pid),
        };
        if (inode is RegularInode regular && change.Size is long size && FreesMuch(regular, size))
            return ShrinkElsewhere(request, regular, change);
        int error = superblock.SetAttributes(inode, change);
        if (error == 0)
            attributes.attr_valid = FillAttributes(inode, request.Pid, ref attributes.attr);
        return error;
    }

    private int ShrinkElsewhere(FuseRequest request, RegularInode inode, AttributeChange change)
        => _blocking.Run(request, reply =>
        {
            _ = inode.Mapping.TruncateInParts(change.Size!.Value); // what fails here fails again, and is told then
            fuse_attr_out answer = default;
            int error = superblock.SetAttributes(inode, change);
            if (error != 0)
            {
                reply.CompleteError(error);
                return;
            }

            answer.attr_valid = FillAttributes(inode, reply.Pid, ref answer.attr);
            reply.Complete(answer);
        });

    /// <inheritdoc/>
    public override int StatX(FuseRequest request, ulong node, in fuse_statx_in arg, ref fuse_statx_out attributes)
    {
        const uint BirthTime = 0x800;
        if (IsProc(node))
            return StatProc(node, ref attributes);
        if (superblock.Inodes.Find(node) is not Inode inode)
            return -Errno.ESTALE;

        ref fuse_statx stat = ref attributes.stat;
        lock (inode)
        {
            attributes.attr_valid = AttributeSeconds(inode, request.Pid);
            stat.mask = BasicStats | BirthTime;
            stat.blksize = PageSize.Bytes;
            stat.nlink = inode.LinkCount;
            stat.uid = inode.Uid;
            stat.gid = inode.Gid;
            stat.mode = (ushort)inode.Mode;
            stat.ino = inode.Ino;
            StoreStat contents = inode.Contents;
            if (Passthrough)
                inode.SyncTimes(contents);
            stat.size = (ulong)contents.Size;
            stat.blocks = (ulong)(contents.Pages << (PageSize.Shift - 9));
            stat.atime = WireTime(inode.AccessTime);
            stat.btime = WireTime(inode.BirthTime);
            stat.ctime = WireTime(inode.ChangeTime);
            stat.mtime = WireTime(inode.ModifyTime);

            // linux/kdev_t.h: new_decode_dev
            uint device = inode.DeviceNumber;
            stat.rdev_major = (device & 0xFFF00) >> 8;
            stat.rdev_minor = (device & 0xFF) | ((device >> 12) & 0xFFF00);
        }

        return 0;
    }

    /// <inheritdoc/>
    public override int GetXAttr(FuseRequest request, ulong node, ReadOnlySpan<byte> name, Span<byte> value, uint size)
    {
        if (IsProc(node))
            return -Errno.EOPNOTSUPP;
        if (superblock.Inodes.Find(node) is not Inode inode)
            return -Errno.ESTALE;
        if (name.SequenceEqual(VrangeAttribute))
            return AnswerSized(ListRanges(inode), value, size);
        int error = ExtendedAttributes.CheckName(name);
        if (error != 0)
            return error;
        lock (inode)
        {
            return inode.Attributes is ExtendedAttributes all && all.TryGet(name, out byte[]? found)
                ? AnswerSized(found!, value, size)
                : -Errno.ENODATA;
        }
    }

    /// <inheritdoc/>
    public override int SetXAttr(
        FuseRequest request, ulong node, in fuse_setxattr_in arg, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (IsProc(node))
            return -Errno.EOPNOTSUPP;
        if (superblock.Inodes.Find(node) is not Inode inode)
            return -Errno.ESTALE;
        return name.SequenceEqual(VrangeAttribute)
            ? SetVrangeAttribute(request, inode, value)
            : Superblock.SetExtendedAttribute(inode, name, value, arg.flags);
    }

    /// <inheritdoc/>
    public override int ListXAttr(FuseRequest request, ulong node, Span<byte> list, uint size)
    {
        if (IsProc(node))
            return 0;
        if (superblock.Inodes.Find(node) is not Inode inode)
            return -Errno.ESTALE;
        lock (inode)
            return inode.Attributes is null ? 0 : AnswerSized(inode.Attributes.List(trusted: request.Uid == 0), list, size);
    }

    /// <inheritdoc/>
    public override int RemoveXAttr(FuseRequest request, ulong node, ReadOnlySpan<byte> name)
    {
        if (IsProc(node))
            return -Errno.EOPNOTSUPP;
        if (superblock.Inodes.Find(node) is not Inode inode)
            return -Errno.ESTALE;
        if (name.SequenceEqual(VrangeAttribute))
            return RemoveVrangeAttribute(request, inode);
        return name.SequenceEqual(Superblock.CapabilityAttribute)
            ? RemoveCapability(request, inode)
            : Superblock.RemoveExtendedAttribute(inode, name);
    }

    // No birth time, as in the kernel's proc. ENOSYS would take it from every file of the mount.
    private int StatProc(ulong node, ref fuse_statx_out attributes)
    {
        fuse_attr_out known = default;
        int error = GetProcAttributes(node, ref known);
        if (error != 0)
            return error;
        attributes.attr_valid = known.attr_valid;
        ref readonly fuse_attr from = ref known.attr;
        attributes.stat = new fuse_statx
        {
            mask = BasicStats,
            blksize = from.blksize,
            nlink = from.nlink,
            uid = from.uid,
            gid = from.gid,
            mode = (ushort)from.mode,
            ino = from.ino,
            size = from.size,
            blocks = from.blocks,
            atime = WireTime(new Timespec((long)from.atime, from.atimensec)),
            mtime = WireTime(new Timespec((long)from.mtime, from.mtimensec)),
            ctime = WireTime(new Timespec((long)from.ctime, from.ctimensec)),
        };
        return 0;
    }

    // Size 0 asks how much room is needed.
    private static int AnswerSized(byte[]? answer, Span<byte> room, uint size)
    {
        if (answer is null)
            return -Errno.ENODATA;
        if (size == 0)
            return answer.Length;
        if (size < answer.Length)
            return -Errno.ERANGE;
        answer.CopyTo(room);
        return answer.Length;
    }

    private Timespec? TimeOf(FATTR valid, FATTR set, FATTR setToNow, ulong seconds, uint nanoseconds)
    {
        if ((valid & setToNow) != 0)
            return superblock.Now;
        return (valid & set) != 0 ? new Timespec((long)seconds, nanoseconds) : null;
    }

    private static fuse_sx_time WireTime(Timespec time) => new() { tv_sec = time.Seconds, tv_nsec = time.Nanoseconds };
}
