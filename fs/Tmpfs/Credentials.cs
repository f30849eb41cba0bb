using Fuse;
using ProcFs;

namespace Fs.Tmpfs;

/// <summary>Whose rights a path is walked with, where the kernel does not check for us (fs/namei.c: generic_permission).</summary>
internal readonly record struct Credentials(Caller Caller)
{
    public const uint MAY_EXEC = 1;
    public const uint MAY_WRITE = 2;
    public const uint MAY_READ = 4;

    private const uint AnyExecute = 0x49;

    /// <summary>0, or -EACCES.</summary>
    public int Check(Inode inode, uint mask)
    {
        lock (inode)
        {
            uint mode = inode.Mode;
            if (Caller.Has(Caller.CAP_DAC_OVERRIDE)
                && (inode.IsDirectory || (mask & MAY_EXEC) == 0 || (mode & AnyExecute) != 0))
                return 0;
            if (Caller.Has(Caller.CAP_DAC_READ_SEARCH) && inode.IsDirectory && (mask & MAY_WRITE) == 0)
                return 0;

            if (inode.Uid == Caller.Uid)
                mode >>= 6;
            else if (Caller.IsInGroup(inode.Gid))
                mode >>= 3;
            return (mask & ~mode & 7) == 0 ? 0 : -Errno.EACCES;
        }
    }
}
