using Fs.Host;
using Fs.Tmpfs;
using Fuse;
using ProcFs;

namespace Fs.Mount;

/// <summary>
/// Set-user-ID, set-group-ID and file capabilities go when somebody changes a file. With HANDLE_KILLPRIV_V2 the kernel says
/// when, and leaves to the server what goes and who may make it go.
/// </summary>
internal sealed partial class VrangeFileSystem
{
    /// <summary>Descriptors of host processes; set before the first request.</summary>
    public HostDescriptors? Descriptors { get; set; }

    // SETATTR of nothing. It comes before write(2), fallocate, copy_file_range and splice to a file that has something to lose
    // (fs/inode.c: file_remove_privs), also where the kernel writes to the store itself, and from chown(file, -1, -1).
    private int RemovePrivileges(FuseRequest request, Inode inode, ref fuse_attr_out attributes)
    {
        bool keepSetGroupId = KeepsSetGroupId(inode, request.Uid, request.Gid, request.Pid);
        if (MayRemovePrivileges(inode, request.Uid, keepSetGroupId))
        {
            attributes.attr_valid = RemovePrivileges(inode, request.Pid, keepSetGroupId, ref attributes.attr);
            return 0;
        }

        return _blocking.Run(request, reply =>
        {
            if (!IsWriting(inode, reply.Pid))
            {
                reply.CompleteError(-Errno.EPERM);
                return;
            }

            fuse_attr_out answer = default;
            answer.attr_valid = RemovePrivileges(inode, reply.Pid, keepSetGroupId, ref answer.attr);
            reply.Complete(answer);
        });
    }

    // The kernel takes the capability away before it asks for the bits. It has checked no right of who calls chown(file, -1, -1):
    // he keeps it where the bits are not his to take.
    private int RemoveCapability(FuseRequest request, Inode inode)
    {
        if (MayRemovePrivileges(inode, request.Uid, KeepsSetGroupId(inode, request.Uid, request.Gid, request.Pid)))
            return Superblock.RemoveExtendedAttribute(inode, Superblock.CapabilityAttribute);
        return _blocking.Run(request, reply =>
        {
            // truncate(2) opens nothing.
            int error = new Credentials(Tasks.CallerOf(reply.Uid, reply.Gid, reply.Pid)).Check(inode, Credentials.MAY_WRITE) == 0 || IsWriting(inode, reply.Pid)
                ? Superblock.RemoveExtendedAttribute(inode, Superblock.CapabilityAttribute)
                : -Errno.EPERM;
            if (error == 0)
                reply.CompleteSuccess();
            else
                reply.CompleteError(error);
        });
    }

    // fs/attr.c: setattr_prepare: a mode that changes is the owner's and root's to change. Where none changes anybody may ask.
    private static bool MayRemovePrivileges(Inode inode, uint uid, bool keepSetGroupId)
    {
        lock (inode)
            return uid == 0 || uid == inode.Uid || Tmpfs.FileMode.Unprivileged(inode.Mode, keepSetGroupId) == inode.Mode;
    }

    // Others may by writing, for which they had to open the file. Blocks.
    private bool IsWriting(Inode inode, uint thread) => Descriptors?.HasOpenForWriting(thread, inode.Ino) ?? false;

    private ulong RemovePrivileges(Inode inode, uint thread, bool keepSetGroupId, ref fuse_attr attributes)
    {
        lock (inode)
        {
            if (!inode.IsDirectory)
                Superblock.KillPrivileges(inode, keepSetGroupId);
            inode.TouchChanged();
            return FillAttributes(inode, thread, ref attributes);
        }
    }

    // After WRITE and OPEN, whose answers carry no attributes: exec must not honour the bits that the kernel still has.
    private void KillPrivileges(in Opener writer, Inode inode)
    {
        bool keepSetGroupId = KeepsSetGroupId(inode, writer.Uid, writer.Gid, writer.Thread);
        bool changed;
        lock (inode)
            changed = Superblock.KillPrivileges(inode, keepSetGroupId);
        if (changed)
            superblock.ForgetAttributes?.Invoke(inode.Ino);
    }

    // fs/attr.c: setattr_should_drop_sgid. Without group execution the bit is no privilege of a program.
    private bool KeepsSetGroupId(Inode inode, uint uid, uint gid, uint thread)
    {
        if ((inode.Mode & (Tmpfs.FileMode.S_ISGID | Tmpfs.FileMode.S_IXGRP)) != Tmpfs.FileMode.S_ISGID)
            return false;
        Caller caller = Tasks.CallerOf(uid, gid, thread);
        return caller.IsInGroup(inode.Gid) || caller.Has(Caller.CAP_FSETID);
    }
}
