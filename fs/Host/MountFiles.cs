using System.Text;
using Fs.Tmpfs;
using KernelModel;
using KernelModel.Mapping;
using ProcFs;

namespace Fs.Host;

/// <summary>The tree as ProcFs needs it: files by path with a caller's rights, and the host's cache of them.</summary>
internal sealed class MountFiles(Superblock superblock, byte[] mountPoint, IHostCacheControl hostCache) : IMountFiles
{
    /// <summary>Where paths into proc lead; set once before the first request.</summary>
    public ProcTree? Proc { get; set; }

    /// <inheritdoc/>
    public uint OwnerUid { get; } = Libc.geteuid();

    /// <inheritdoc/>
    public IMountFile? FileOf(AddressSpace mapping) => mapping.Host is RegularInode inode ? new MountFile(inode) : null;

    /// <inheritdoc/>
    public int ResolveForWrite(ReadOnlySpan<byte> path, Caller caller, out IMountFile? file)
    {
        file = null;
        Inode? inode;
        int error;
        while ((error = superblock.Walk(path, new Credentials(caller), mountPoint, out inode, out ReadOnlySpan<byte> inProc)) == 0
            && inode is null)
        {
            error = Proc is null ? -Errno.ENOENT : ProcPath.Check(Proc, inProc, caller, OwnerUid, out path);
            if (error != 0)
                return error;
        }

        if (error == 0)
            error = new Credentials(caller).Check(inode!, Credentials.MAY_WRITE);
        if (error != 0)
            return error;
        if ((inode!.Mode & Tmpfs.FileMode.S_IFMT) == Tmpfs.FileMode.S_IFIFO)
            return -Errno.ESPIPE;
        if (inode is not RegularInode regular)
            return -Errno.EBADF;
        file = new MountFile(regular);
        return 0;
    }

    /// <inheritdoc/>
    public int CheckWrite(IMountFile file, Caller caller)
        => new Credentials(caller).Check(((MountFile)file).Inode, Credentials.MAY_WRITE);

    /// <summary>What a task of the model names in mmap, with the rights that it has (KernelModel.Machine.FileLookup).</summary>
    /// <returns>The file, or null where it is none, or none that he may read or write.</returns>
    public MappedFile? Open(KernelModel.Tasks.Credentials task, string name)
    {
        var credentials = new Credentials(new Caller(task.Uid, task.Gid, task.Groups, 0, 0, task.EffectiveCapabilities));
        byte[] path = Encoding.UTF8.GetBytes(name);
        if (superblock.Walk(path, credentials, mountPoint, out Inode? inode, out _) != 0 || inode is not RegularInode file)
            return null;
        bool readable = credentials.Check(file, Credentials.MAY_READ) == 0;
        bool writable = credentials.Check(file, Credentials.MAY_WRITE) == 0;
        return readable || writable ? new MappedFile(file.Mapping, file.Ino, name, readable, writable) : null;
    }

    /// <inheritdoc/>
    public void DropHostCache(IMountFile file, ulong firstPage, ulong lastPage)
        => hostCache.Drop(((MountFile)file).Inode, firstPage, lastPage);
}

/// <summary>Drops what the host has cached of a file, written back first.</summary>
internal interface IHostCacheControl
{
    /// <summary>Blocks until it is done; not from a thread that serves requests.</summary>
    void Drop(RegularInode inode, ulong firstPage, ulong lastPage);

    /// <summary>Does something short when the host has dropped all that it has been asked to by now; at once if it has.</summary>
    void AfterInvalidations(Action next);
}
