using KernelModel.Mapping;
using KernelModel.Vrange;

namespace Fs.Tmpfs;

/// <summary>
/// One mount's tree and what its files share (linux: super_block with shmem_sb_info). Names and inodes change only
/// through the methods of this class. Lock order: rename, then directories from the root down, then the inode, then its
/// mapping.
/// </summary>
internal sealed partial class Superblock
{
    /// <summary>NAME_MAX.</summary>
    public const int MaxNameLength = 255;

    /// <summary>The name in the root that is no file of the tree.</summary>
    public static ReadOnlySpan<byte> ProcName => "proc"u8;

    private readonly TimeProvider _clock;
    private readonly Func<bool> _protectsSymlinks;
    private long _doomedPages;

    // The latest file that lost its last name while it was open, and when; Interlocked.
    private long _orphanPages;
    private long _orphanedAt;
    private long _doomedAt; // when a file was doomed last; Interlocked

    public Superblock(SuperblockOptions options, IBackingStorage storage, TimeProvider clock)
    {
        _clock = clock;
        _protectsSymlinks = options.ProtectsSymlinks;
        InodeSpace = new InodeSpace(options.MaxInodes);
        Storage = storage;
        Lru = new VrangeLru();
        Domain = new MappingDomain(storage, Lru, options.SigbusOnPurged)
        {
            Freeing = () => RemovedPages,
            Ranges = new KernelModel.UserCounts(options.RangeShare, options.OwnerRangeShare) { Owner = options.Owner },
        };
        Root = new DirectoryInode(this, options.RootMode) { Uid = options.RootUid, Gid = options.RootGid, LinkCount = 2 };
        Root.Parent = Root;
        Initialize(Root);
        InodeSpace.TryCharge(Root.Space);
    }

    public DirectoryInode Root { get; }

    public InodeTable Inodes { get; } = new();

    public IBackingStorage Storage { get; }

    public VrangeLru Lru { get; }

    public MappingDomain Domain { get; }

    /// <summary>Set once, before the first request; null while no page cache lies in front.</summary>
    public IHostCache? HostCache { get; set; }

    /// <summary>With passthrough the times of a store are news; else only this daemon writes, and keeps them itself.</summary>
    public bool KernelWritesStores { get; set; }

    /// <summary>
    /// Tells the kernel to drop the attributes of a file, without waiting for anything; set once, before the first
    /// request.
    /// </summary>
    public Action<ulong>? ForgetAttributes { get; set; }

    public Timespec Now => Timespec.Now(_clock);

    /// <summary>What <c>nr_inodes=</c> limits; a further name of a file counts as an inode, as on tmpfs.</summary>
    public InodeSpace InodeSpace { get; }

    /// <summary>
    /// Pages of files that have neither name nor opener. The kernel tells a moment later that it has forgotten them, and
    /// only then they are freed; who removes a file and asks for the free space must not see that moment.
    /// </summary>
    public long DoomedPages => Interlocked.Read(ref _doomedPages);

    /// <summary>The kernel learns an inode once more.</summary>
    public static void Remember(Inode inode)
    {
        lock (inode)
            inode.LookupCount++;
    }

    /// <summary>The kernel forgets some of its look-ups; the last one frees a file without a name.</summary>
    public void Forget(Inode inode, ulong lookups)
    {
        lock (inode)
            inode.LookupCount -= Math.Min(lookups, inode.LookupCount);
        EvictIfUnused(inode);
    }

    /// <summary>The last opener or the last name went: without both the file's memory counts no more.</summary>
    public void NoteDoomed(RegularInode inode)
    {
        lock (inode)
        {
            if (inode.LinkCount > 0 || inode.DoomedPages > 0 || inode.MappingIfAny is not AddressSpace mapping)
                return;
            long pages = mapping.Stat().Pages;
            if (mapping.IsHeld)
            {
                Interlocked.Exchange(ref _orphanPages, pages);
                Interlocked.Exchange(ref _orphanedAt, Environment.TickCount64);
                return;
            }

            inode.DoomedPages = pages;
            Interlocked.Exchange(ref _orphanPages, 0);
            Interlocked.Exchange(ref _doomedAt, Environment.TickCount64);
            Interlocked.Add(ref _doomedPages, inode.DoomedPages);
        }
    }

    /// <summary>Whether removed files hold memory that somebody may need; see <see cref="AwaitDoomed"/>.</summary>
    public bool IsShortOfDoomed
        => RemovedPages is long pages and > 0 && Storage.LimitPages > 0 && Storage.LimitPages - Storage.UsedPages < pages;

    /// <summary>
    /// Waits, a few milliseconds at most, while removed files hold memory that somebody may need: where the kernel stores,
    /// nobody asks again before ENOSPC. On tmpfs an unlink has freed it when it returns. Not from a thread that serves
    /// requests.
    /// </summary>
    public void AwaitDoomed()
    {
        const int Tries = 5;
        for (int i = 0; i < Tries && IsShortOfDoomed; i++)
            Storage.AwaitFrees();
    }

    // With those of a file that was open when it was removed: close(2) does not wait for its RELEASE, so that may only be
    // on its way. One that stays open, or that an O_PATH descriptor keeps, is not waited for again and again.
    private long RemovedPages
    {
        get
        {
            const long ReleaseMilliseconds = 10, ForgetMilliseconds = 200;
            long now = Environment.TickCount64;
            bool released = now - Interlocked.Read(ref _orphanedAt) < ReleaseMilliseconds;
            bool forgotten = now - Interlocked.Read(ref _doomedAt) < ForgetMilliseconds;
            return (forgotten ? DoomedPages : 0) + (released ? Interlocked.Read(ref _orphanPages) : 0);
        }
    }

    /// <summary>
    /// Frees a file without a name that the kernel has forgotten. A task of the model may still map it, which the kernel
    /// knows nothing of: then it goes with the last mapping.
    /// </summary>
    public void EvictIfUnused(Inode inode)
    {
        lock (inode)
        {
            if (inode.LinkCount > 0 || inode.LookupCount > 0 || Inodes.Find(inode.Ino) != inode
                || inode is RegularInode { MappingIfAny.IsHeld: true })
                return;
            Inodes.Remove(inode);
        }

        inode.Evict();
        if (inode is RegularInode { DoomedPages: > 0 } regular)
            Interlocked.Add(ref _doomedPages, -regular.DoomedPages);
        InodeSpace.Uncharge(inode.Space);
    }

    private void Initialize(Inode inode)
    {
        inode.AccessTime = inode.ModifyTime = inode.ChangeTime = inode.BirthTime = Now;
        Inodes.Add(inode);
    }
}
