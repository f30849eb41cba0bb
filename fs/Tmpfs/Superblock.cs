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

    // What a millisecond or two frees.
    private const long ManyPages = 8 << 20 >> PageSize.Shift;

    private readonly TimeProvider _clock;
    private readonly Func<bool> _protectsSymlinks;

    public Superblock(SuperblockOptions options, IBackingStorage storage, TimeProvider clock)
    {
        _clock = clock;
        _protectsSymlinks = options.ProtectsSymlinks;
        InodeSpace = new InodeSpace(options.MaxInodes);
        Storage = storage;
        Removed = new RemovedFiles(storage);
        Lru = new VrangeLru();
        Domain = new MappingDomain(storage, Lru, options.SigbusOnPurged)
        {
            Removed = Removed,
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

    /// <summary>Runs what takes long on a thread that serves no requests; set once, before the first request, or never.</summary>
    public Action<Action>? FreeElsewhere { get; set; }

    public Timespec Now => Timespec.Now(_clock);

    /// <summary>What <c>nr_inodes=</c> limits; a further name of a file counts as an inode, as on tmpfs.</summary>
    public InodeSpace InodeSpace { get; }

    /// <summary>Files that are being freed.</summary>
    public RemovedFiles Removed { get; }

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

        // Gigabytes are freed by a thread that serves nobody.
        if (FreeElsewhere is not null && inode is RegularInode { RemovedPages: > ManyPages })
            FreeElsewhere(() => Free(inode));
        else
            Free(inode);
    }

    private void Free(Inode inode)
    {
        inode.Evict();
        if (inode is RegularInode regular)
            Removed.Freed(regular);
        InodeSpace.Uncharge(inode.Space);
    }

    private void Initialize(Inode inode)
    {
        inode.AccessTime = inode.ModifyTime = inode.ChangeTime = inode.BirthTime = Now;
        Inodes.Add(inode);
    }
}
