using System.Diagnostics;
using KernelModel.Mapping;
using KernelModel.Mm;
using KernelModel.Reclaim;
using KernelModel.Tasks;
using KernelModel.Vrange;

namespace KernelModel;

/// <summary>
/// One machine: its memory, its swap, its tasks. Everything below it - tasks, address spaces, page caches, the LRU - is
/// driven under one lock, <see cref="SyncRoot"/>, which whoever calls in has to hold; nothing here takes it or starts a
/// thread, and nothing reads a clock. The range LRU has a lock of its own, inside this one.
/// </summary>
public sealed partial class Kernel : IDisposable
{
    private readonly FrameSlab _frames = new();
    private readonly List<PageCache?> _caches = [null];
    private readonly Stack<int> _freeCaches = new();
    private readonly Stack<VmArea> _freeAreas = new();
    private readonly Dictionary<AddressSpace, PageCache> _spaces = [];
    private ulong _nextInode = 1;

    // Devices lie behind all memory a machine can have.
    private ulong _nextDevicePfn = 1UL << 34;

    /// <summary>Boots a machine.</summary>
    /// <param name="options">Its size.</param>
    public Kernel(KernelOptions options)
    {
        Options = options;
        Pages = new MemMap(options.TotalPages, _frames);
        Lru = new PageLru(Pages, Stat);
        Rmap = new Rmap(this);
        SwapCache = new SwapCache(this, _frames);
        if (options.SwapPages > 0)
            SwapCache.SwapOn(options.SwapPages);
        HugePages = new HugePool(this, _frames);
        Vmscan = new Vmscan(this);
        TaskReclaim = new TaskReclaim(this);
        Ranges = options.Ranges ?? new VrangeLru();
        Tasks = new TaskTable(this, options.FirstPid);
    }

    /// <summary>What the machine was made with.</summary>
    public KernelOptions Options { get; }

    /// <summary>The lock that guards the whole model.</summary>
    public Lock SyncRoot { get; } = new();

    /// <summary>The page LRU.</summary>
    public PageLru Lru { get; }

    /// <summary>The swap area, or null.</summary>
    internal SwapDevice? Swap => SwapCache.Device;

    /// <summary>Counters of /proc/vmstat.</summary>
    public VmStat Stat { get; } = new();

    /// <summary>The volatile ranges of all owners, files of a mount included when they share it.</summary>
    public VrangeLru Ranges { get; }

    /// <summary>The tasks.</summary>
    public TaskTable Tasks { get; }

    /// <summary>Finds the files that a task names in mmap; without it every name is -ENOENT.</summary>
    public Func<TaskStruct, string, VmFile?>? FileLookup { get; set; }

    /// <summary>Usable memory in pages.</summary>
    public int TotalPages => Pages.TotalPages;

    /// <summary>Free memory in pages.</summary>
    public int FreePages => Pages.FreePages;

    internal MemMap Pages { get; }

    internal Rmap Rmap { get; }

    internal SwapCache SwapCache { get; }

    internal HugePool HugePages { get; }

    internal Vmscan Vmscan { get; }

    internal TaskReclaim TaskReclaim { get; }

    /// <summary>
    /// A file that a mount serves, for tasks to map. It holds the file (R11) until the last mapping goes;
    /// <see cref="CloseIfUnmapped"/> ends it when there was none.
    /// </summary>
    /// <param name="space">The mount's file.</param>
    /// <param name="inode">Its inode number.</param>
    /// <returns>The one page cache of the file, or null when its store cannot be had.</returns>
    public PageCache? OpenSpace(AddressSpace space, ulong inode)
    {
        if (_spaces.TryGetValue(space, out PageCache? known))
            return known;
        PageCache cache = new(this, TakeCacheId(), inode, space);
        _caches[cache.Id] = cache;
        if (space.Attach(cache) < 0)
        {
            _caches[cache.Id] = null;
            _freeCaches.Push(cache.Id);
            return null;
        }

        _spaces.Add(space, cache);
        return cache;
    }

    /// <summary>Gives up a page cache that nobody has open or mapped.</summary>
    public void CloseIfUnmapped(PageCache cache)
    {
        if (ReferenceEquals(_caches[cache.Id], cache))
            cache.Put();
    }

    /// <summary>Makes a file for tasks to map.</summary>
    /// <param name="size">i_size in bytes.</param>
    /// <param name="store">Where its bytes live, or null for shmem.</param>
    /// <param name="inode">The inode number to show, or 0 for the next free one.</param>
    public PageCache CreateFile(long size, IBackingStore? store = null, ulong inode = 0)
    {
        PageCache cache = new(this, TakeCacheId(), inode != 0 ? inode : _nextInode++, size, store);
        _caches[cache.Id] = cache;
        return cache;
    }

    /// <summary>A file of hugetlbfs for one mapping.</summary>
    internal PageCache CreateHugeFile(long size)
    {
        PageCache cache = new(this, TakeCacheId(), _nextInode++, size, store: null) { Huge = new HugeFile() };
        _caches[cache.Id] = cache;
        return cache;
    }

    /// <summary>Says that no open file refers to a page cache any more; its mappers keep it until they go.</summary>
    public void CloseFile(PageCache cache)
    {
        Debug.Assert(ReferenceEquals(_caches[cache.Id], cache), "A page cache belongs to one machine.");
        cache.OpenCount--;
        cache.Put();
    }

    /// <summary>Gives all native memory back.</summary>
    public void Dispose() => _frames.Dispose();

    /// <summary>Every file and shared anonymous object that is open or mapped.</summary>
    public IEnumerable<PageCache> Caches => _caches.OfType<PageCache>();

    internal PageCache CacheOf(in Page page) => _caches[page.Mapping]!;

    internal void ForgetPageCache(PageCache cache)
    {
        _caches[cache.Id] = null;
        _freeCaches.Push(cache.Id);
        if (cache.Space is { } space)
        {
            _spaces.Remove(space);
            space.Detach();
        }
    }

    /// <summary>A device for a special mapping.</summary>
    internal DeviceMemory NewDevice(ulong firstIndex, ulong pages)
    {
        DeviceMemory device = new(_frames, firstIndex, pages, _nextDevicePfn);
        _nextDevicePfn += pages;
        device.Get();
        return device;
    }

    internal VmArea TakeArea() => _freeAreas.TryPop(out VmArea? vma) ? vma : new VmArea();

    internal void GiveArea(VmArea vma)
    {
        vma.Reset();
        _freeAreas.Push(vma);
    }

    private int TakeCacheId()
    {
        if (!_freeCaches.TryPop(out int id))
        {
            id = _caches.Count;
            _caches.Add(null);
        }

        return id;
    }
}
