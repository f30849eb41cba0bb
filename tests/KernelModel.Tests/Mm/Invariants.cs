using KernelModel.Mm;
using KernelModel.Ranges;
using KernelModel.Reclaim;
using KernelModel.Tasks;
using KernelModel.Vrange;

namespace KernelModel.Tests.Mm;

/// <summary>What must hold between any two calls: every counter is recomputed from the structures it sums up.</summary>
internal static class Invariants
{
    public static void Check(Kernel kernel)
    {
        Dictionary<int, int> mapCounts = [];
        Dictionary<int, int> mlockCounts = [];
        Dictionary<int, int> slotCounts = [];
        foreach (TaskStruct task in kernel.Tasks.All)
        {
            if (task.Mm is { } mm)
                CheckMm(kernel, mm, mapCounts, mlockCounts, slotCounts);
        }

        CheckPages(kernel, mapCounts, mlockCounts, slotCounts);
        CheckSwap(kernel, slotCounts);
        CheckRanges(kernel.Ranges);
    }

    // What the machine itself needs for its tasks.
    private static int OwnPages(Kernel kernel)
    {
        int areas = 0;
        int pages = kernel.Tasks.Count * (Kernel.StackPages + Kernel.DescriptorPages);
        foreach (MmStruct mm in kernel.Tasks.All.Select(static task => task.Mm).OfType<MmStruct>())
        {
            areas += mm.MapCount;
            pages += mm.PageTable.Pages + mm.RangePages;
            Assert.InRange(mm.PageTable.Tables, 0, mm.PageTable.Pages);
        }

        return pages + ((areas + Kernel.AreasInPage - 1) / Kernel.AreasInPage);
    }

    private static void CheckMm(
        Kernel kernel, MmStruct mm, Dictionary<int, int> mapCounts, Dictionary<int, int> mlockCounts, Dictionary<int, int> slotCounts)
    {
        long total = 0, locked = 0, pinned = 0, data = 0, anon = 0, file = 0, shmem = 0, swap = 0, purged = 0, account = 0, marked = 0;
        ulong end = 0;
        foreach (VmArea vma in mm.Areas)
        {
            Assert.True(vma.Start >= end && vma.End > vma.Start, "Areas are ascending and disjoint.");
            end = vma.End;
            long pages = (long)vma.Pages;
            total += pages;
            pinned += (vma.Flags & VmFlags.Pinned) != 0 ? pages : 0;
            locked += (vma.Flags & (VmFlags.Pinned | VmFlags.Locked)) == VmFlags.Locked ? pages : 0;
            marked += (vma.Flags & VmFlags.Volatile) != 0 ? pages : 0;
            account += (vma.Flags & VmFlags.Account) != 0 ? pages : 0;
            const VmFlags Data = VmFlags.Write | VmFlags.Shared | VmFlags.GrowsDown;
            bool exec = (vma.Flags & (VmFlags.Exec | VmFlags.Write | VmFlags.GrowsDown)) == VmFlags.Exec;
            data += !exec && (vma.Flags & Data) == VmFlags.Write ? pages : 0;
            Assert.True(vma.File is null || Finds(vma.File.Mapping.Mappers, vma), "A file knows its mappers.");
            Assert.True(vma.AnonVma is null || vma.AnonChain.Exists(link => link.AnonVma == vma.AnonVma), "An anon_vma is on its own chain.");
            Assert.All(vma.AnonChain, link => Assert.True(Finds(link.AnonVma.Areas, vma), "An anon_vma knows its areas."));

            for (ulong at = vma.Start; mm.PageTable.Next(ref at, vma.End, out ulong pte); at += 4096)
            {
                if (Pte.IsSwap(pte))
                {
                    swap++;
                    slotCounts[Pte.Slot(pte)] = slotCounts.GetValueOrDefault(Pte.Slot(pte)) + 1;
                }

                purged += Pte.HasRecord(pte) ? 1 : 0;
                int pfn = Pte.IsPresent(pte) ? Pte.Pfn(pte) : MemMap.ZeroPage;
                if (pfn == MemMap.ZeroPage)
                    continue;
                ref Page page = ref kernel.Pages[pfn];
                mapCounts[pfn] = mapCounts.GetValueOrDefault(pfn) + 1;
                if (vma.IsUnevictable)
                    mlockCounts[pfn] = mlockCounts.GetValueOrDefault(pfn) + 1;
                anon += page.Has(PageFlags.Anon) ? 1 : 0;
                shmem += page.IsShmem ? 1 : 0;
                file += !page.Has(PageFlags.Anon) && !page.IsShmem ? 1 : 0;
                Assert.False(page.Has(PageFlags.AnonExclusive) && page.MapCount > 1, "An exclusive page is mapped once.");
            }
        }

        // Nothing is mapped outside the areas.
        ulong address = 0;
        int entries = 0;
        while (mm.PageTable.Next(ref address, MmStruct.TaskSize, out _))
        {
            Assert.NotNull(mm.Lookup(address));
            address += 4096;
            entries++;
        }

        Assert.Equal(
            (total, locked, pinned, data, anon, file, shmem, swap, purged, account, marked),
            (mm.TotalVm, mm.LockedVm - mm.StrayLockedVm, mm.PinnedVm, mm.DataVm, mm.AnonRss, mm.FileRss, mm.ShmemRss, mm.SwapEntries, mm.PurgedMarkers, mm.CommittedPages, mm.Vmas.VolatileVm));
    }

    // By the first index and by the last.
    private static bool Finds(IntervalTree<VmArea> areas, VmArea vma)
    {
        int found = 0;
        foreach (ulong index in (ReadOnlySpan<ulong>)[vma.PageOffset, vma.LastIndex])
        {
            foreach (VmArea area in areas.Touching(index, index))
                found += ReferenceEquals(area, vma) ? 1 : 0;
        }

        return found == 2;
    }

    private static void CheckPages(
        Kernel kernel, Dictionary<int, int> mapCounts, Dictionary<int, int> mlockCounts, Dictionary<int, int> slotCounts)
    {
        int used = 0;
        int onLru = 0;
        long mlocked = 0, anonMapped = 0, fileMapped = 0, cached = 0, shmem = 0, dirty = 0, swapCached = 0;
        List<(VmArea, ulong)> rmap = [];
        for (int pfn = 1; pfn <= kernel.Pages.HighestPfn; pfn++)
        {
            ref Page page = ref kernel.Pages[pfn];
            if (!page.Has(PageFlags.Allocated))
                continue;
            used++;
            Assert.Equal(mapCounts.GetValueOrDefault(pfn), page.MapCount);
            Assert.Equal(mlockCounts.GetValueOrDefault(pfn), page.MlockCount);
            kernel.Rmap.Walk(pfn, rmap);
            Assert.Equal(page.MapCount, rmap.Count);
            Assert.True(page.Has(PageFlags.Lru), "Every page in use is on the LRU.");
            Assert.Equal(page.MlockCount > 0, page.Has(PageFlags.Unevictable));
            Assert.True(page.MapCount > 0 || page.Has(PageFlags.PageCache | PageFlags.SwapCache), "An unused page is free.");
            mlocked += page.MlockCount > 0 ? 1 : 0;
            onLru++;
            anonMapped += page.MapCount > 0 && page.Has(PageFlags.Anon) ? 1 : 0;
            fileMapped += page.MapCount > 0 && !page.Has(PageFlags.Anon) ? 1 : 0;
            cached += page.Has(PageFlags.PageCache) ? 1 : 0;
            shmem += page.Has(PageFlags.PageCache) && page.IsShmem ? 1 : 0;
            dirty += page.Has(PageFlags.PageCache) && !page.Has(PageFlags.SwapBacked) && page.Has(PageFlags.Dirty) ? 1 : 0;
            swapCached += page.Has(PageFlags.SwapCache) ? 1 : 0;
            if (page.Has(PageFlags.SwapCache))
                Assert.Equal(pfn, kernel.Swap!.Cached(page.SwapSlot));
            if (page.Has(PageFlags.PageCache))
            {
                PageCache cache = kernel.Files.Of(page);
                Assert.Equal(pfn, cache.Find(page.Index));
                Assert.False(cache.IsBeyondEnd(page.Index), "No page lies beyond i_size.");
            }
        }

        Assert.Equal(kernel.TotalPages - used - (kernel.HugePages.Total * HugeSize.Frames) - kernel.Pages.OwnPages, kernel.FreePages);
        Assert.Equal(OwnPages(kernel), kernel.Pages.OwnPages);
        CheckHuge(kernel);

        // R70: the counters are kept as things happen, and are what a recount finds.
        Assert.Equal(
            (mlocked, anonMapped, fileMapped, cached, shmem, dirty, swapCached),
            (kernel.Stat[VmStatItem.NrMlock], kernel.Stat[VmStatItem.NrAnonMapped], kernel.Stat[VmStatItem.NrFileMapped],
                kernel.Stat[VmStatItem.NrFilePages], kernel.Stat[VmStatItem.NrShmem], kernel.Stat[VmStatItem.NrDirty],
                kernel.Stat[VmStatItem.NrSwapCached]));
        Assert.Equal(onLru, Enum.GetValues<LruList>().Sum(kernel.Lru.Count));
        foreach (PageCache cache in kernel.Files.All)
        {
            int swapped = 0;
            foreach (ulong index in cache.Indexes)
            {
                int slot = cache.FindSlot(index);
                if (slot == 0)
                    continue;
                slotCounts[slot] = slotCounts.GetValueOrDefault(slot) + 1;
                swapped++;
            }

            Assert.Equal(swapped, cache.SwappedPages);
        }
    }

    private static void CheckHuge(Kernel kernel)
    {
        Dictionary<HugePage, int> mapCounts = [];
        foreach (HugePte entry in kernel.Tasks.All.Where(task => task.Mm is not null).SelectMany(task => task.Mm!.HugeEntries))
            mapCounts[entry.Page] = mapCounts.GetValueOrDefault(entry.Page) + 1;
        Assert.All(mapCounts, page => Assert.Equal(page.Value, page.Key.MapCount));
        IEnumerable<HugePage> cached = kernel.Files.All.OfType<HugetlbFile>().SelectMany(file => file.HugePages.Values);
        Assert.Equal(kernel.HugePages.Total - kernel.HugePages.Free, mapCounts.Keys.Union(cached).Count());
    }

    private static void CheckSwap(Kernel kernel, Dictionary<int, int> slotCounts)
    {
        if (kernel.Swap is not { } swap)
            return;
        int used = 0;
        for (int slot = 1; slot <= swap.TotalSlots; slot++)
        {
            Assert.Equal(slotCounts.GetValueOrDefault(slot), swap.MapCount(slot));
            used += swap.MapCount(slot) != 0 || swap.Cached(slot) != 0 ? 1 : 0;
        }

        Assert.Equal(used, swap.UsedSlots);
    }

    // The list has each range of each owner once, oldest first, and what is listed as volatile are those ranges.
    private static void CheckRanges(VrangeLru lru)
    {
        List<(VrangeRef Range, IVrangeOwner Owner)> all = lru.Snapshot();
        Assert.Equal(all.Count, lru.Count);
        Assert.Equal(all.Count, all.Select(item => item.Range.Slot).Distinct().Count());
        ulong sequence = 0;
        foreach ((VrangeRef range, _) in all)
        {
            Assert.True(lru[range.Slot].Sequence >= sequence, "Oldest first.");
            sequence = lru[range.Slot].Sequence;
            Assert.True(lru[range.Slot].First <= lru[range.Slot].Last, "A range has a page.");
        }

        foreach (IGrouping<IVrangeOwner, KernelModel.Vrange.Vrange> owned in all.GroupBy(item => item.Owner, item => lru[item.Range.Slot]))
        {
            KernelModel.Vrange.Vrange[] ranges = [.. owned.OrderBy(range => range.First)];
            for (int i = 1; i < ranges.Length; i++)
                Assert.True(ranges[i].First > ranges[i - 1].Last, "Ranges of one owner are disjoint.");
            if (RootOf(owned.Key) is { } root)
                Assert.Equal(root.Count, ranges.Length);
        }
    }

    private static VrangeRoot? RootOf(IVrangeOwner owner) => owner switch
    {
        MmStruct mm => mm.Ranges,
        PageCache cache => cache.Ranges,
        _ => null,
    };
}
