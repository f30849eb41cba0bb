using KernelModel.Mapping;
using KernelModel.Mm;

namespace KernelModel;

// The pool of 2 MiB pages (mm/hugetlb.c: struct hstate). Guarded by the model's lock.
public sealed partial class Kernel
{
    private readonly Stack<HugePage> _freeHuge = new();
    private ulong _nextHugePfn;

    // Files whose last mapping went in a call that is not over yet; null while none has to wait.
    private List<HugeFile>? _dyingHugeFiles;

    /// <summary>Pages of the pool, used or not (HugePages_Total).</summary>
    public long HugePagesTotal { get; private set; }

    /// <summary>Pages of the pool that nobody uses (HugePages_Free).</summary>
    public long HugePagesFree => _freeHuge.Count;

    /// <summary>Pages promised to mappings and not taken yet (HugePages_Rsvd).</summary>
    public long HugePagesReserved { get; private set; }

    /// <summary>Pages that came on demand and leave the pool when freed (HugePages_Surp).</summary>
    public long HugePagesSurplus { get; private set; }

    /// <summary>sysctl vm.nr_hugepages: sets the size of the pool, as near as memory and its users allow.</summary>
    /// <param name="pages">Pages of 2 MiB.</param>
    public void SetHugePages(int pages)
    {
        // mm/hugetlb.c: set_max_huge_pages. Surplus pages become persistent ones first.
        while (HugePagesSurplus > 0 && HugePagesTotal - HugePagesSurplus < pages)
            HugePagesSurplus--;
        while (HugePagesTotal - HugePagesSurplus < pages && TryGrowPool())
        {
        }

        while (HugePagesTotal - HugePagesSurplus > pages && _freeHuge.Count > HugePagesReserved)
            ShrinkPool();

        // What is in use goes when it is freed.
        while (HugePagesTotal - HugePagesSurplus > pages && HugePagesSurplus < HugePagesTotal)
            HugePagesSurplus++;
    }

    /// <summary>mm/hugetlb.c: hugetlb_acct_memory. Promises pages, or takes unused promises back.</summary>
    /// <returns>False when there are not enough pages: nothing has changed.</returns>
    internal bool ReserveHuge(long pages)
    {
        if (pages < 0)
        {
            HugePagesReserved += pages;
            for (long unused = Math.Min(-pages, HugePagesSurplus); unused > 0 && _freeHuge.Count > 0; unused--)
            {
                HugePagesSurplus--;
                ShrinkPool();
            }

            return true;
        }

        long missing = HugePagesReserved + pages - HugePagesFree;
        int grown = 0;
        while (grown < missing && HugePagesSurplus < Options.HugePagesOnDemand && TryGrowPool())
        {
            HugePagesSurplus++;
            grown++;
        }

        if (grown < missing)
        {
            for (; grown > 0; grown--)
            {
                HugePagesSurplus--;
                ShrinkPool();
            }

            return false;
        }

        HugePagesReserved += pages;
        return true;
    }

    /// <summary>mm/hugetlb.c: alloc_hugetlb_folio. Takes a page from the pool.</summary>
    /// <param name="promised">Whether a reservation stands for it, which is used up.</param>
    /// <returns>A page of zeros, or null.</returns>
    internal HugePage? AllocHuge(bool promised)
    {
        if (!promised && HugePagesFree <= HugePagesReserved)
        {
            if (HugePagesSurplus >= Options.HugePagesOnDemand || !TryGrowPool())
                return null;
            HugePagesSurplus++;
        }

        if (!_freeHuge.TryPop(out HugePage? page))
            return null;
        if (promised)
            HugePagesReserved--;
        return page;
    }

    /// <summary>mm/hugetlb.c: free_huge_folio.</summary>
    internal void FreeHuge(HugePage page)
    {
        foreach (ref nint frame in page.Frames.AsSpan())
        {
            _frames.Give(frame);
            frame = 0;
        }

        page.Cache = null;
        _freeHuge.Push(page);
        if (page.RestoreReserve)
            HugePagesReserved++;
        page.RestoreReserve = false;
        if (HugePagesSurplus == 0)
            return;
        HugePagesSurplus--;
        ShrinkPool();
    }

    internal void PutHuge(HugePage page)
    {
        if (page.MapCount == 0 && page.Cache is null)
            FreeHuge(page);
    }

    /// <summary>The last mapping of a hugetlb file is gone: its pages and promises too.</summary>
    internal void EvictHuge(HugeFile file)
    {
        if (_dyingHugeFiles is { } waiting)
        {
            waiting.Add(file);
            return;
        }

        long unused = file.Reserved.Count;
        foreach ((ulong index, HugePage page) in file.Pages)
        {
            unused -= file.Reserved.Contains(index) ? 1 : 0;
            page.Cache = null;
            PutHuge(page);
        }

        file.Pages.Clear();
        file.Reserved.Clear();
        ReserveHuge(-unused);
    }

    internal unsafe void CopyHuge(HugePage from, HugePage to)
    {
        for (int i = 0; i < HugeSize.Frames; i++)
        {
            if (from.Frames[i] == 0)
                continue;
            to.Frames[i] = _frames.Take();
            Buffer.MemoryCopy((void*)from.Frames[i], (void*)to.Frames[i], PageSize.Bytes, PageSize.Bytes);
        }
    }

    /// <summary>Makes 4 KiB of a huge page zeros.</summary>
    internal void ZeroHuge(HugePage page, int frame)
    {
        _frames.Give(page.Frames[frame]);
        page.Frames[frame] = 0;
    }

    /// <summary>4 KiB of a huge page for a store.</summary>
    internal nint HugeFrameForWrite(HugePage page, int frame)
        => page.Frames[frame] != 0 ? page.Frames[frame] : page.Frames[frame] = _frames.Take();

    /// <summary>
    /// fs/file_table.c: fput. A file that loses its last mapping is given up when the call returns: a mapping that takes its
    /// place does not get its pages.
    /// </summary>
    internal void DelayHugeEvictions() => _dyingHugeFiles = [];

    /// <summary>The call returns.</summary>
    internal void EvictDelayed()
    {
        List<HugeFile> files = _dyingHugeFiles!;
        _dyingHugeFiles = null;
        files.ForEach(EvictHuge);
    }

    private bool TryGrowPool()
    {
        if (FreePages < HugeSize.Frames + Options.LowWatermark)
            Reclaim(HugeSize.Frames + Options.LowWatermark - FreePages, direct: true);
        if (!Pages.TryTakeAway(HugeSize.Frames, leave: Options.MinWatermark))
            return false;
        HugePagesTotal++;
        _freeHuge.Push(new HugePage { Pfn = (ulong)TotalPages + 1 + (_nextHugePfn++ * HugeSize.Frames) });
        return true;
    }

    private void ShrinkPool()
    {
        _freeHuge.Pop();
        HugePagesTotal--;
        Pages.BringBack(HugeSize.Frames);
    }
}
