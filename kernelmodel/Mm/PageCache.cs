using KernelModel.Mapping;
using KernelModel.Ranges;
using KernelModel.Reclaim;

namespace KernelModel.Mm;

/// <summary>
/// The pages of one file in the model's memory, and who maps them (linux: i_pages and i_mmap of an inode's i_data). Each
/// kind of file is a type of its own: <see cref="ShmemFile"/>, <see cref="MountFile"/>, <see cref="HugetlbFile"/>.
/// Guarded by the model's lock.
/// </summary>
internal abstract partial class PageCache
{
    // Page number to frame number, or for a page in swap to the slot number negated (linux: value entries).
    private readonly PageIndex _entries = new();

    private protected PageCache(Kernel kernel, int id, ulong inode)
    {
        Kernel = kernel;
        Id = id;
        Inode = inode;
    }

    /// <summary>i_size in bytes.</summary>
    public abstract long Size { get; }

    /// <summary>The inode number that maps shows.</summary>
    public ulong Inode { get; }

    /// <summary>Pages in memory.</summary>
    public int ResidentPages => _entries.Count - SwappedPages;

    /// <summary>Pages in swap.</summary>
    public int SwappedPages { get; private set; }

    /// <summary>Whether its pages live in memory and swap only.</summary>
    internal virtual bool IsShmem => false;

    internal int Id { get; }

    /// <summary>Every VMA that maps it, by the pages it spans (linux: i_mmap).</summary>
    internal IntervalTree<VmArea> Mappers { get; } = new();

    /// <summary>References by open files; mappers count on their own.</summary>
    internal int OpenCount { get; set; } = 1;

    internal IEnumerable<ulong> Indexes => _entries.In(0, ulong.MaxValue).Select(entry => entry.Index);

    private protected Kernel Kernel { get; }

    private protected IEnumerable<(ulong Index, int Entry)> EntriesIn(ulong first, ulong last) => _entries.In(first, last);

    /// <summary>The frame of a page, 0 when it is absent or in swap.</summary>
    internal int Find(ulong index) => Math.Max(0, _entries[index]);

    /// <summary>The swap slot of a page, 0 when it is not in swap.</summary>
    internal int FindSlot(ulong index) => Math.Max(0, -_entries[index]);

    internal bool IsBeyondEnd(ulong index) => index >= (ulong)PageSize.PagesFor(Size);

    /// <summary>Puts a fresh frame into the cache.</summary>
    internal void Add(ulong index, int pfn)
    {
        ref Page page = ref Kernel.Pages[pfn];
        page.Flags |= PageFlags.PageCache | (IsShmem ? PageFlags.SwapBacked : 0);
        page.Mapping = Id;
        page.Index = index;
        _entries[index] = pfn;
        _ranges?.NotePage(index);
        Kernel.Stat.Add(VmStatItem.NrFilePages, 1);
        if (IsShmem)
            Kernel.Stat.Add(VmStatItem.NrShmem, 1);
    }

    /// <summary>Takes a frame out; the caller frees it or keeps it. A swap slot takes its place when there is one.</summary>
    internal void Remove(ulong index, int slot = 0)
    {
        int pfn = _entries[index];
        ref Page page = ref Kernel.Pages[pfn];
        page.Flags &= ~PageFlags.PageCache;
        Kernel.Stat.Add(VmStatItem.NrFilePages, -1);
        if (IsShmem)
            Kernel.Stat.Add(VmStatItem.NrShmem, -1);
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

    /// <summary>Brings a page into the cache (linux: filemap_get_folio, and read_folio where there is none).</summary>
    /// <returns>0, -ENOMEM or -EIO.</returns>
    internal virtual int GetPage(ulong index, out int pfn)
    {
        pfn = Find(index);
        if (pfn != 0)
            return 0;
        pfn = Kernel.AllocPage();
        if (pfn == 0)
            return -Errno.ENOMEM;
        int result = ReadPage(index, pfn);
        if (result < 0)
        {
            Kernel.PutPage(pfn);
            pfn = 0;
            return result;
        }

        Add(index, pfn);
        Kernel.Lru.Add(pfn);
        return 0;
    }

    /// <summary>Fills a fresh page of zeros with what the file has there.</summary>
    /// <returns>0 or more, or -EIO.</returns>
    private protected virtual int ReadPage(ulong index, int pfn) => 0;

    /// <summary>Writes a page that nobody maps and that is no swap cache to where the file lives.</summary>
    /// <returns>Whether it may leave memory.</returns>
    internal virtual bool WritePage(int pfn) => true;

    /// <summary>Writes the dirty pages of first..last (inclusive) to where the file lives.</summary>
    /// <returns>Pages written, or a negative errno.</returns>
    internal virtual int WriteBack(ulong first, ulong last) => 0;

    /// <summary>mm/madvise.c: madvise_willneed.</summary>
    internal abstract void ReadAhead(ulong first, ulong last);

    /// <summary>Before its pages are looked at: what happened to the file elsewhere. Costs nothing when that is nothing.</summary>
    internal virtual void CatchUp()
    {
    }

    /// <summary>Gives the last reference of an opener or mapper up; an object nobody can reach loses its pages.</summary>
    internal void Put()
    {
        if (OpenCount > 0 || Mappers.Count > 0)
            return;
        WriteBack(0, ulong.MaxValue);
        RemoveRange(0, ulong.MaxValue);

        // R11: marks die with the last holder, and with an object that nobody can reach its tombstones.
        _ranges?.Dispose();
        _ranges = null;
        Kernel.Files.Forget(this);
        Evict();
    }

    /// <summary>Nobody can reach the file any more, and it has no pages.</summary>
    private protected virtual void Evict()
    {
    }
}
