using KernelModel.Mapping;
using KernelModel.Reclaim;

namespace KernelModel.Mm;

/// <summary>
/// The pages of one file or of one shared anonymous object in the model's memory (linux: struct address_space with its
/// xarray). Without a store it is shmem: its pages go to swap, and an entry is then a swap slot. With one it is a file
/// on a disk: clean pages can be dropped, dirty ones are written back first. Guarded by the model's lock.
/// </summary>
public sealed partial class PageCache
{
    private readonly Kernel _kernel;

    // Page number to frame number, or for a page in swap to the slot number negated.
    private readonly PageIndex _entries = new();

    private long _size;

    internal PageCache(Kernel kernel, int id, ulong inode, long size, IBackingStore? store)
    {
        _kernel = kernel;
        Id = id;
        Inode = inode;
        _size = size;
        Store = store;
    }

    /// <summary>i_size in bytes; that of a mount's file is the mount's, and changes with every writer.</summary>
    public long Size
    {
        get => Space?.Stat().Size ?? _size;
        private set
        {
            if (Space is null)
                _size = value;
            else if (value != Size)
                Space.Truncate(value);
        }
    }

    /// <summary>The inode number that maps shows.</summary>
    public ulong Inode { get; }

    /// <summary>Whether its pages live in memory and swap only.</summary>
    public bool IsShmem => Store is null;

    /// <summary>Pages in memory.</summary>
    public int ResidentPages => _entries.Count - SwappedPages;

    /// <summary>Pages in swap.</summary>
    public int SwappedPages { get; private set; }

    internal int Id { get; }

    /// <summary>Its pages of 2 MiB, when it is a file of hugetlbfs.</summary>
    internal HugeFile? Huge { get; init; }

    internal IBackingStore? Store { get; }

    /// <summary>Every VMA that maps it (linux: i_mmap).</summary>
    internal List<VmArea> Mappers { get; } = [];

    /// <summary>References by open files; mappers count on their own.</summary>
    internal int OpenCount { get; set; } = 1;

    internal IEnumerable<ulong> Indexes => _entries.In(0, ulong.MaxValue).Select(entry => entry.Index);

    /// <summary>The frame of a page, 0 when it is absent or in swap.</summary>
    internal int Find(ulong index) => Math.Max(0, _entries[index]);

    /// <summary>The swap slot of a page, 0 when it is not in swap.</summary>
    internal int FindSlot(ulong index) => Math.Max(0, -_entries[index]);

    internal bool IsBeyondEnd(ulong index) => index >= (ulong)PageSize.PagesFor(Size);

    /// <summary>Puts a fresh frame into the cache.</summary>
    internal void Add(ulong index, int pfn)
    {
        ref Page page = ref _kernel.Pages[pfn];
        page.Flags |= PageFlags.PageCache | (IsShmem ? PageFlags.SwapBacked : 0);
        page.Mapping = Id;
        page.Index = index;
        _entries[index] = pfn;
        _kernel.Stat.Add(VmStatItem.NrFilePages, 1);
        if (IsShmem)
            _kernel.Stat.Add(VmStatItem.NrShmem, 1);
    }

    /// <summary>Takes a frame out; the caller frees it or keeps it. A swap slot takes its place when there is one.</summary>
    internal void Remove(ulong index, int slot = 0)
    {
        int pfn = _entries[index];
        ref Page page = ref _kernel.Pages[pfn];
        page.Flags &= ~PageFlags.PageCache;
        _kernel.Stat.Add(VmStatItem.NrFilePages, -1);
        if (IsShmem)
            _kernel.Stat.Add(VmStatItem.NrShmem, -1);
        if (slot == 0)
        {
            _entries[index] = 0;
            return;
        }

        _entries[index] = -slot;
        SwappedPages++;
    }

    /// <summary>Forgets the swap slot of a page, whose contents are in memory again or given up.</summary>
    internal void RemoveSlot(ulong index)
    {
        _entries[index] = 0;
        SwappedPages--;
    }

    /// <summary>mm/shmem.c: shmem_partial_swap_usage; pages in swap from first to last, inclusive.</summary>
    internal int CountSwapped(ulong first, ulong last)
    {
        if (SwappedPages == 0)
            return 0;
        int count = 0;
        foreach ((_, int entry) in _entries.In(first, last))
            count += entry < 0 ? 1 : 0;
        return count;
    }
}
