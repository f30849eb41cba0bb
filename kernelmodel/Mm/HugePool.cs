using KernelModel.Mapping;

namespace KernelModel.Mm;

/// <summary>The pool of 2 MiB pages (mm/hugetlb.c: struct hstate). Guarded by the model's lock.</summary>
internal sealed class HugePool(Kernel kernel, FrameSlab frames)
{
    private readonly Stack<HugePage> _free = new();
    private ulong _nextPfn;

    // Files whose last mapping went in a call that is not over yet; null while none has to wait.
    private List<HugetlbFile>? _dyingFiles;

    /// <summary>Pages of the pool, used or not (HugePages_Total).</summary>
    public long Total { get; private set; }

    /// <summary>Pages of the pool that nobody uses (HugePages_Free).</summary>
    public long Free => _free.Count;

    /// <summary>Pages promised to mappings and not taken yet (HugePages_Rsvd).</summary>
    public long Reserved { get; private set; }

    /// <summary>Pages that came on demand and leave the pool when freed (HugePages_Surp).</summary>
    public long Surplus { get; private set; }

    /// <summary>sysctl vm.nr_hugepages: sets the size of the pool, as near as memory and its users allow.</summary>
    /// <param name="pages">Pages of 2 MiB.</param>
    public void SetMax(int pages)
    {
        // mm/hugetlb.c: set_max_huge_pages. Surplus pages become persistent ones first.
        while (Surplus > 0 && Total - Surplus < pages)
            Surplus--;
        while (Total - Surplus < pages && TryGrowPool())
        {
        }

        while (Total - Surplus > pages && _free.Count > Reserved)
            ShrinkPool();

        // What is in use goes when it is freed.
        while (Total - Surplus > pages && Surplus < Total)
            Surplus++;
    }

    /// <summary>mm/hugetlb.c: hugetlb_acct_memory. Promises pages, or takes unused promises back.</summary>
    /// <returns>False when there are not enough pages: nothing has changed.</returns>
    internal bool Reserve(long pages)
    {
        if (pages < 0)
        {
            Reserved += pages;
            for (long unused = Math.Min(-pages, Surplus); unused > 0 && _free.Count > 0; unused--)
            {
                Surplus--;
                ShrinkPool();
            }

            return true;
        }

        long missing = Reserved + pages - Free;
        int grown = 0;
        while (grown < missing && Surplus < kernel.Options.HugePagesOnDemand && TryGrowPool())
        {
            Surplus++;
            grown++;
        }

        if (grown < missing)
        {
            for (; grown > 0; grown--)
            {
                Surplus--;
                ShrinkPool();
            }

            return false;
        }

        Reserved += pages;
        return true;
    }

    /// <summary>mm/hugetlb.c: alloc_hugetlb_folio. Takes a page from the pool.</summary>
    /// <param name="promised">Whether a reservation stands for it, which is used up.</param>
    /// <returns>A page of zeros, or null.</returns>
    internal HugePage? Alloc(bool promised)
    {
        if (!promised && Free <= Reserved)
        {
            if (Surplus >= kernel.Options.HugePagesOnDemand || !TryGrowPool())
                return null;
            Surplus++;
        }

        if (!_free.TryPop(out HugePage? page))
            return null;
        if (promised)
            Reserved--;
        return page;
    }

    /// <summary>mm/hugetlb.c: free_huge_folio.</summary>
    internal void FreePage(HugePage page)
    {
        foreach (ref nint frame in page.Frames.AsSpan())
        {
            frames.Give(frame);
            frame = 0;
        }

        page.Cache = null;
        _free.Push(page);
        if (page.RestoreReserve)
            Reserved++;
        page.RestoreReserve = false;
        if (Surplus == 0)
            return;
        Surplus--;
        ShrinkPool();
    }

    internal void Put(HugePage page)
    {
        if (page.MapCount == 0 && page.Cache is null)
            FreePage(page);
    }

    /// <summary>mm/hugetlb.c: hugetlb_vm_op_close. A piece of a private mapping goes: what it was promised, too.</summary>
    public void Close(VmArea vma)
    {
        if (vma.HugeReserve is { } reserve)
        {
            ulong first = vma.HugeIndexOf(vma.Start);
            ulong end = first + (vma.Pages / HugeSize.Frames);
            long promised = (long)(end - first) - reserve.Consumed.Count(index => index >= first && index < end);
            Reserve(-promised);
            vma.HugeReserve = null;
        }
    }

    /// <summary>The last mapping of a hugetlb file is gone: its pages and promises too.</summary>
    internal void Evict(HugetlbFile file)
    {
        if (_dyingFiles is { } waiting)
        {
            waiting.Add(file);
            return;
        }

        long unused = file.Reserved.Count;
        foreach ((ulong index, HugePage page) in file.HugePages)
        {
            unused -= file.Reserved.Contains(index) ? 1 : 0;
            page.Cache = null;
            Put(page);
        }

        file.HugePages.Clear();
        file.Reserved.Clear();
        Reserve(-unused);
    }

    internal unsafe void Copy(HugePage from, HugePage to)
    {
        for (int i = 0; i < HugeSize.Frames; i++)
        {
            if (from.Frames[i] == 0)
                continue;
            to.Frames[i] = frames.Take();
            Buffer.MemoryCopy((void*)from.Frames[i], (void*)to.Frames[i], PageSize.Bytes, PageSize.Bytes);
        }
    }

    /// <summary>Makes 4 KiB of a huge page zeros.</summary>
    internal void Zero(HugePage page, int frame)
    {
        frames.Give(page.Frames[frame]);
        page.Frames[frame] = 0;
    }

    /// <summary>4 KiB of a huge page for a store.</summary>
    internal nint FrameForWrite(HugePage page, int frame)
        => page.Frames[frame] != 0 ? page.Frames[frame] : page.Frames[frame] = frames.Take();

    /// <summary>
    /// fs/file_table.c: fput. A file that loses its last mapping is given up when the call returns: a mapping that takes its
    /// place does not get its pages.
    /// </summary>
    internal void DelayEvictions() => _dyingFiles = [];

    /// <summary>The call returns.</summary>
    internal void EvictDelayed()
    {
        List<HugetlbFile> files = _dyingFiles!;
        _dyingFiles = null;
        files.ForEach(Evict);
    }

    private bool TryGrowPool()
    {
        int missing = HugeSize.Frames + kernel.LowWatermark - kernel.FreePages;
        if (missing > 0)
            kernel.Vmscan.Reclaim(missing, direct: true);
        if (!kernel.Pages.TryTakeAway(HugeSize.Frames, leave: kernel.MinWatermark))
            return false;
        Total++;
        _free.Push(new HugePage { Pfn = (ulong)kernel.TotalPages + 1 + (_nextPfn++ * HugeSize.Frames) });
        return true;
    }

    private void ShrinkPool()
    {
        _free.Pop();
        Total--;
        kernel.Pages.BringBack(HugeSize.Frames);
    }
}
