using Fs.Host;
using Fs.Tmpfs;
using Fuse;
using KernelModel.Mapping;

namespace Fs.Mount;

/// <summary>
/// Files that the kernel reads, writes and maps itself. What it may keep of their attributes <see cref="KeptAttributes"/> says;
/// whether anybody still maps a file is asked of its store (R11).
/// </summary>
internal sealed partial class VrangeFileSystem
{
    // One level below this mount: the private tmpfs.
    private const uint StackDepth = 1;

    private bool _passthroughOffered;

    /// <summary>The kernel may be asked to read and write the stores itself, which are files of a private tmpfs then.</summary>
    public bool WantPassthrough { get; init; }

    /// <summary>Whether the kernel reads and writes the stores itself; known before the first request.</summary>
    public bool Passthrough { get; private set; }

    /// <summary>Why it does not although it was asked to: a negative errno, -EOPNOTSUPP from a kernel that knows nothing of it.</summary>
    public int PassthroughError { get; private set; }

    /// <summary>What the host has cached of files; set before the first request.</summary>
    public IHostCacheControl? HostCache { get; set; }

    /// <inheritdoc/>
    public override void Init(FuseConnection connection, in fuse_init_in offer)
    {
        _blocking.Start();
        superblock.FreeElsewhere = _blocking.Run;
        if (!WantPassthrough || !connection.Offers(InitFlags.FUSE_PASSTHROUGH))
            return;
        connection.Wanted |= InitFlags.FUSE_PASSTHROUGH;
        connection.MaxStackDepth = StackDepth;
        _passthroughOffered = true;
    }

    /// <inheritdoc/>
    public override void Initialized()
    {
        if (!WantPassthrough)
            return;

        // What is offered may still be refused: in another user namespace, or by who guards the machine.
        PassthroughError = _passthroughOffered ? ((PrivateTmpfs)superblock.Storage).TryRegister() : -Errno.EOPNOTSUPP;
        if (PassthroughError != 0)
            return;
        Passthrough = true;
        superblock.KernelWritesStores = true;
        superblock.HostCache = null; // the store is the page cache
    }

    private static int HoldRegistered(RegularInode inode, bool canMapWritable, out int backingId)
    {
        backingId = 0;

        // Who can store through a mapping himself is not kept attributes for anyway.
        if (!canMapWritable)
        {
            lock (inode)
                inode.Kept.FindMapping(inode.Mapping.Store);
        }

        int error = inode.Mapping.Hold(out IBackingStore? store);
        if (error != 0)
            return error;
        backingId = ((TmpfsStore)store!).Register();
        if (backingId < 0)
        {
            inode.Mapping.Release();
            return backingId;
        }

        return 0;
    }

    private void NoteOpened(RegularInode inode, OpenFile file, uint thread)
    {
        if (!file.CanMapWritable)
            return;
        bool stale;
        lock (inode)
            stale = inode.Kept.Open(thread, Environment.TickCount);
        if (stale)
            superblock.ForgetAttributes?.Invoke(inode.Ino);
    }

    // For how many seconds the kernel may keep attributes; asked and answered under the inode's monitor.
    private ulong AttributeSeconds(Inode inode, uint thread)
        => !Passthrough || inode is not RegularInode regular || regular.Kept.Tell(thread, Environment.TickCount, regular.MappingIfAny?.Store)
            ? CacheSeconds
            : 0;
}
