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
            return Check(inode.Mode, inode.Uid, inode.Gid, mask);
    }

    /// <summary>0, or -EACCES.</summary>
    public int Check(uint mode, uint uid, uint gid, uint mask)
    {
        bool isDirectory = FileMode.IsDirectory(mode);
        if (Caller.Has(Caller.CAP_DAC_OVERRIDE) && (isDirectory || (mask & MAY_EXEC) == 0 || (mode & AnyExecute) != 0))
            return 0;
        if (Caller.Has(Caller.CAP_DAC_READ_SEARCH) && isDirectory && (mask & MAY_WRITE) == 0)
            return 0;

        if (uid == Caller.Uid)
            mode >>= 6;
        else if (Caller.IsInGroup(gid))
            mode >>= 3;
        return (mask & ~mode & 7) == 0 ? 0 : -Errno.EACCES;
    }
}
