namespace Fuse;

public abstract partial class FuseFileSystem
{
    /// <summary>Attributes of a node.</summary>
    public virtual int GetAttr(FuseRequest request, ulong node, in fuse_getattr_in arg, ref fuse_attr_out attributes) => -Errno.ENOSYS;

    /// <summary>Changes what <see cref="fuse_setattr_in.valid"/> names and answers all attributes.</summary>
    public virtual int SetAttr(FuseRequest request, ulong node, in fuse_setattr_in arg, ref fuse_attr_out attributes) => -Errno.ENOSYS;

    /// <summary>Attributes of a node as statx(2) wants them. ENOSYS makes the kernel use <see cref="GetAttr"/> for good.</summary>
    public virtual int StatX(FuseRequest request, ulong node, in fuse_statx_in arg, ref fuse_statx_out attributes) => -Errno.ENOSYS;

    /// <summary>access(2), unless the kernel checks permissions itself (default_permissions). ENOSYS allows everything.</summary>
    public virtual int Access(FuseRequest request, ulong node, uint mask) => -Errno.ENOSYS;

    /// <summary>Numbers of the whole filesystem.</summary>
    public virtual int StatFs(FuseRequest request, ulong node, ref fuse_kstatfs numbers) => -Errno.ENOSYS;

    /// <summary>Makes the whole filesystem durable.</summary>
    public virtual int SyncFs(FuseRequest request, ulong node) => -Errno.ENOSYS;

    /// <summary>
    /// Gets an extended attribute: its length if <paramref name="size"/> is 0, else its bytes into <paramref name="value"/>,
    /// or -ERANGE if they do not fit.
    /// </summary>
    /// <returns>The length of the value, or a negative errno; -ENODATA if there is none.</returns>
    public virtual int GetXAttr(FuseRequest request, ulong node, ReadOnlySpan<byte> name, Span<byte> value, uint size) => -Errno.ENOSYS;

    /// <summary>Sets an extended attribute; the flags are XATTR_CREATE and XATTR_REPLACE.</summary>
    public virtual int SetXAttr(
        FuseRequest request, ulong node, in fuse_setxattr_in arg, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => -Errno.ENOSYS;

    /// <summary>Lists the names of the extended attributes, each ended by a NUL; sizes as in <see cref="GetXAttr"/>.</summary>
    public virtual int ListXAttr(FuseRequest request, ulong node, Span<byte> list, uint size) => -Errno.ENOSYS;

    /// <summary>Removes an extended attribute.</summary>
    public virtual int RemoveXAttr(FuseRequest request, ulong node, ReadOnlySpan<byte> name) => -Errno.ENOSYS;
}
