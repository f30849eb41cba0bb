namespace Fuse;

public abstract partial class FuseFileSystem
{
    /// <summary>Opens a directory. With FUSE_NO_OPENDIR_SUPPORT, ENOSYS means that it never needs to be asked.</summary>
    public virtual int OpenDir(FuseRequest request, ulong node, in fuse_open_in arg, ref fuse_open_out open) => -Errno.ENOSYS;

    /// <summary>
    /// Adds entries from <see cref="fuse_read_in.offset"/> on (0, or the offset an entry was added with) until the writer is full;
    /// adding none means the end.
    /// </summary>
    public virtual int ReadDir(FuseRequest request, ulong node, in fuse_read_in arg, ref DirectoryWriter writer) => -Errno.ENOSYS;

    /// <summary>
    /// As <see cref="ReadDir"/> with <see cref="DirectoryWriter.TryAddPlus"/>: every entry but "." and ".." takes a lookup.
    /// </summary>
    public virtual int ReadDirPlus(FuseRequest request, ulong node, in fuse_read_in arg, ref DirectoryWriter writer) => -Errno.ENOSYS;

    /// <summary>The open directory is gone. The answer is ignored.</summary>
    public virtual int ReleaseDir(FuseRequest request, ulong node, in fuse_release_in arg) => -Errno.ENOSYS;

    /// <summary>Makes a directory durable. Once answered with ENOSYS it is not asked again.</summary>
    public virtual int FSyncDir(FuseRequest request, ulong node, in fuse_fsync_in arg) => -Errno.ENOSYS;
}
