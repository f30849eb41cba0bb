namespace Fuse;

/// <summary>
/// A filesystem: one method per operation, in node ids. A method returns 0 or a count, a negative errno, or
/// <see cref="FuseResult.Deferred"/> after <see cref="FuseRequest.Defer"/>. What is not overridden answers ENOSYS.
/// </summary>
/// <remarks>
/// Methods run on the session's worker threads, several at once. <c>in</c> arguments and spans point into the request buffer,
/// <c>ref</c> results (zeroed before the call) into the reply buffer: both are valid until the method returns. An exception
/// answers EIO. Names carry no NUL and are bytes, not text.
/// </remarks>
public abstract partial class FuseFileSystem
{
    /// <summary>
    /// The kernel made its offer. Choose <see cref="FuseConnection.Wanted"/> and the limits here; what is not offered is dropped.
    /// </summary>
    public virtual void Init(FuseConnection connection, in fuse_init_in offer)
    {
    }

    /// <summary>What <see cref="Init"/> has chosen, and the kernel offered, is in effect. The first request comes afterwards.</summary>
    public virtual void Initialized()
    {
    }

    /// <summary>The session ended and no other method will be called. Called once, also if INIT never came.</summary>
    public virtual void Destroy()
    {
    }

    /// <summary>Finds a name. Success takes one lookup on the node; node id 0 makes a cacheable negative answer.</summary>
    public virtual int Lookup(FuseRequest request, ulong parent, ReadOnlySpan<byte> name, ref fuse_entry_out entry) => -Errno.ENOSYS;

    /// <summary>Gives lookups back; at zero the kernel knows the node no more. Called for FORGET and BATCH_FORGET.</summary>
    public virtual void Forget(ulong node, ulong nlookup)
    {
    }

    /// <summary>Makes a file that is neither directory nor symbolic link.</summary>
    public virtual int MkNod(FuseRequest request, ulong parent, in fuse_mknod_in arg, ReadOnlySpan<byte> name, ref fuse_entry_out entry)
        => -Errno.ENOSYS;

    /// <summary>Makes a directory.</summary>
    public virtual int MkDir(FuseRequest request, ulong parent, in fuse_mkdir_in arg, ReadOnlySpan<byte> name, ref fuse_entry_out entry)
        => -Errno.ENOSYS;

    /// <summary>Makes a symbolic link called <paramref name="name"/>.</summary>
    public virtual int SymLink(
        FuseRequest request, ulong parent, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target, ref fuse_entry_out entry) => -Errno.ENOSYS;

    /// <summary>Gives <paramref name="node"/> another name.</summary>
    public virtual int Link(FuseRequest request, ulong node, ulong newParent, ReadOnlySpan<byte> newName, ref fuse_entry_out entry)
        => -Errno.ENOSYS;

    /// <summary>Removes the name of something that is no directory.</summary>
    public virtual int Unlink(FuseRequest request, ulong parent, ReadOnlySpan<byte> name) => -Errno.ENOSYS;

    /// <summary>Removes an empty directory.</summary>
    public virtual int RmDir(FuseRequest request, ulong parent, ReadOnlySpan<byte> name) => -Errno.ENOSYS;

    /// <summary>Renames. <paramref name="flags"/> are those of renameat2(2), 0 for RENAME.</summary>
    public virtual int Rename(
        FuseRequest request, ulong parent, ulong newParent, uint flags, ReadOnlySpan<byte> name, ReadOnlySpan<byte> newName)
        => -Errno.ENOSYS;

    /// <summary>Makes and opens a file. Success takes one lookup on the node.</summary>
    public virtual int Create(
        FuseRequest request,
        ulong parent,
        in fuse_create_in arg,
        ReadOnlySpan<byte> name,
        ref fuse_entry_out entry,
        ref fuse_open_out open) => -Errno.ENOSYS;

    /// <summary>Makes and opens a file without a name (O_TMPFILE). Success takes one lookup on the node.</summary>
    public virtual int TmpFile(
        FuseRequest request, ulong parent, in fuse_create_in arg, ref fuse_entry_out entry, ref fuse_open_out open) => -Errno.ENOSYS;
}
