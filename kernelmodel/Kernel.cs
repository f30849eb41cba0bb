using System.Diagnostics;
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
internal sealed partial class Kernel : IDisposable
{
    private readonly FrameSlab _frames = new();

    // So many are kept for the next who needs one.
    private const int MaxFreeAreas = 1024;

    private readonly Stack<VmArea> _freeAreas = new();
    private int _areas;

    // Devices lie behind all memory a machine can have.
    private ulong _nextDevicePfn = 1UL << 34;

    /// <summary>Boots a machine.</summary>
    /// <param name="options">Its size.</param>
    public Kernel(KernelOptions options)
    {
        Options = options;
        MinFreePages = options.MinFreePages;
        Pages = new MemMap(options.TotalPages, _frames);
        Lru = new PageLru(Pages, Stat);
        Rmap = new Rmap(this);
        SwapCache = new SwapCache(this, _frames);
        if (options.SwapPages > 0)
            SwapCache.SwapOn(options.SwapPages);
        HugePages = new HugePool(this, _frames);
        VolatileAreas = new VolatileAreas(this);
        Vmscan = new Vmscan(this);
        TaskReclaim = new TaskReclaim(this);
        Files = new FileTable(this);
        Ranges = options.Ranges ?? new VrangeLru();
        Tasks = new TaskTable(this, options.FirstPid);
    }

    /// <summary>Whether several threads may know it; one that a single thread knows needs no lock.</summary>
    internal bool IsShared { get; init; }

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

    /// <summary>The files that are open or mapped.</summary>
    public FileTable Files { get; }

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

    internal VolatileAreas VolatileAreas { get; }

    internal Vmscan Vmscan { get; }

    internal TaskReclaim TaskReclaim { get; }

    /// <summary>Whoever works on the model holds its lock.</summary>
    [Conditional("DEBUG")]
    internal void AssertLocked() => Debug.Assert(!IsShared || SyncRoot.IsHeldByCurrentThread, "The model's lock is not held.");

    /// <summary>Gives all native memory back.</summary>
    public void Dispose() => _frames.Dispose();

    /// <summary>A device for a special mapping.</summary>
    internal DeviceMemory NewDevice(ulong firstIndex, ulong pages)
    {
        DeviceMemory device = new(_frames, firstIndex, pages, _nextDevicePfn);
        _nextDevicePfn += pages;
        device.Get();
        return device;
    }

    internal VmArea TakeArea()
    {
        if (_areas++ % AreasInPage == 0)
            Pages.Charge(1);
        return _freeAreas.TryPop(out VmArea? vma) ? vma : new VmArea();
    }

    internal void GiveArea(VmArea vma)
    {
        if (--_areas % AreasInPage == 0)
            Pages.Charge(-1);
        vma.Reset();
        if (_freeAreas.Count < MaxFreeAreas)
            _freeAreas.Push(vma);
    }
}
