using Fs.Host;
using Fs.Tmpfs;
using Fuse;
using KernelModel.Mapping;

namespace Fs.Mount;

/// <summary>
/// Files that the kernel reads, writes and maps itself. It drops the attributes it has on write(2) and once on mmap, but tells
/// of no store through a mapping and of no mapping that outlives its descriptor: from the first question after an mmap on it is
/// given none to keep, and whether anybody still maps a file is asked of its store (R11).
/// </summary>
internal sealed partial class VrangeFileSystem
{
    // One level below this mount: the private tmpfs.
    private const uint StackDepth = 1;

    /// <summary>The kernel may be asked to read and write the stores itself; whether it does Init tells.</summary>
    public bool WantPassthrough { get; init; }

    /// <summary>Whether the kernel reads and writes the stores itself.</summary>
    public bool Passthrough { get; private set; }

    /// <summary>What the host has cached of files; set before the first request.</summary>
    public IHostCacheControl? HostCache { get; set; }

    /// <inheritdoc/>
    public override void Init(FuseConnection connection, in fuse_init_in offer)
    {
        _blocking.Start();
        Passthrough = WantPassthrough && connection.Offers(InitFlags.FUSE_PASSTHROUGH);
        if (!Passthrough)
            return;
        connection.Wanted |= InitFlags.FUSE_PASSTHROUGH;
        connection.MaxStackDepth = StackDepth;
        superblock.KernelWritesStores = true;
        superblock.HostCache = null; // the store is the page cache
    }

    private static int HoldRegistered(RegularInode inode, out int backingId)
    {
        bool isNew = inode.MappingIfAny is null;
        backingId = 0;

        // As long as this open lasts it cannot be found out.
        lock (inode)
            inode.MayBeMapped = inode.MayBeMapped && (inode.MappableOpens > 0 || HasOtherWriters(inode));
        int error = inode.Mapping.Hold(out IBackingStore? store);
        if (error != 0)
            return error;
        backingId = ((TmpfsStore)store!).Register();
        if (backingId < 0)
        {
            inode.Mapping.Release();
            return backingId;
        }

        if (isNew)
        {
            lock (inode)
                inode.IgnoreStoreTimes();
        }

        return 0;
    }

    private void NoteOpened(RegularInode inode, OpenFile file, uint thread)
    {
        if (!file.CanMapWritable)
            return;
        bool stale;
        lock (inode)
        {
            inode.MappableOpens++;
            stale = inode.Kept.MayReachOthersThan(thread, Environment.TickCount);
            if (stale)
                inode.Kept.Forget();
        }

        if (stale)
            superblock.ForgetAttributes?.Invoke(inode.Ino);
    }

    private void NoteClosed(RegularInode inode)
    {
        lock (inode)
        {
            inode.MappableOpens--;
            inode.MayBeMapped = Passthrough; // found out when somebody asks for the attributes
        }
    }

    // How long the kernel may keep the attributes; asked and answered under the inode's monitor.
    // fs/fuse/passthrough.c: fuse_passthrough_end_write drops size, blocks and times, fuse_passthrough_mmap the access time, and
    // whoever misses one of them asks for all. What it has from before an mmap is therefore good until then.
    private ulong AttributeSeconds(Inode inode, uint thread)
    {
        if (!Passthrough || inode is not RegularInode regular)
            return CacheSeconds;
        if (regular.MappableOpens == 0 && regular.MayBeMapped)
            regular.MayBeMapped = HasOtherWriters(regular);
        if (regular.MappableOpens > 0 || regular.MayBeMapped)
            return 0;
        regular.Kept.Tell(thread, Environment.TickCount);
        return CacheSeconds;
    }

    private static bool HasOtherWriters(RegularInode inode) => inode.Mapping.Store is TmpfsStore store && store.HasOtherWriters();
}
