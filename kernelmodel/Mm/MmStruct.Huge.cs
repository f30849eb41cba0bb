namespace KernelModel.Mm;

// hugetlb areas (mm/hugetlb.c). Their entries map 2 MiB and are kept apart from those of 4 KiB: whoever walks the page
// table for anything else never meets them, as in the kernel, where each walk turns off to hugetlb first.
internal sealed partial class MmStruct
{
    // By address / 2 MiB. Most tasks have none.
    private SortedList<ulong, HugePte>? _huge;

    /// <summary>Pages of 4 KiB that hugetlb areas have in memory (HugetlbPages); they are not in <see cref="Rss"/>.</summary>
    public long HugetlbPages => (_huge?.Count ?? 0) * (long)HugeSize.Frames;

    internal IEnumerable<HugePte> HugeEntries => _huge?.Values ?? [];

    internal bool TryGetHuge(ulong address, out HugePte entry)
    {
        entry = default;
        return _huge is not null && _huge.TryGetValue(address >> HugeSize.Shift, out entry);
    }

    /// <summary>mm/hugetlb.c: hugetlb_fault.</summary>
    private FaultResult HugeFault(VmArea vma, ulong address, bool write)
    {
        if (TryGetHuge(address, out HugePte entry) && (!write || entry.Writable))
            return FaultResult.Ok;
        _kernel.Stat.Add(Reclaim.VmStatItem.PgFault, 1);
        Owner.MinorFaults++;
        PageTable.NoteMiddle(address);
        if (entry.Page is not null)
            return HugeWriteProtected(vma, address, entry);

        // mm/hugetlb.c: hugetlb_no_page.
        HugetlbFile file = vma.HugetlbFile;
        ulong index = vma.HugeIndexOf(address);
        bool shared = (vma.Flags & VmFlags.MayShare) != 0;
        if (file.HugePages.TryGetValue(index, out HugePage? page))
        {
            MapHuge(address, page, writable: shared && (vma.Flags & VmFlags.Write) != 0);
            return write && !shared ? HugeWriteProtected(vma, address, _huge![address >> HugeSize.Shift]) : FaultResult.Ok;
        }

        if (!shared)
            Vmas.PrepareAnonVma(vma);
        bool promised = shared ? file.Reserved.Contains(index) : vma.HugeReserve is { } reserve && !reserve.Consumed.Contains(index);
        page = _kernel.HugePages.Alloc(promised);
        if (page is null)
            return FaultResult.Bus;
        if (shared)
        {
            page.Cache = file;
            file.HugePages.Add(index, page);
            file.Reserved.Add(index);
        }
        else
        {
            vma.HugeReserve?.Consumed.Add(index);
        }

        MapHuge(address, page, writable: (vma.Flags & VmFlags.Write) != 0 && (shared || write));
        return FaultResult.Ok;
    }

    /// <summary>mm/hugetlb.c: hugetlb_wp.</summary>
    private FaultResult HugeWriteProtected(VmArea vma, ulong address, HugePte entry)
    {
        ulong key = address >> HugeSize.Shift;
        if ((vma.Flags & VmFlags.MayShare) != 0 || (entry.Page.MapCount == 1 && entry.Page.Cache is null))
        {
            _huge![key] = entry with { Writable = true };
            return FaultResult.Ok;
        }

        // The copy may not use up what was promised for pages that are not there yet.
        HugePage? copy = _kernel.HugePages.Alloc(promised: false);
        if (copy is null)
        {
            // mm/hugetlb.c: unmap_ref_private. Who mapped the area was promised its pages: the others lose theirs.
            if (vma.HugeReserve is null)
                return FaultResult.Bus;
            UnmapFromOthers(vma, vma.HugeIndexOf(address));
            _huge![key] = entry with { Writable = true };
            return FaultResult.Ok;
        }

        _kernel.HugePages.Copy(entry.Page, copy);
        entry.Page.MapCount--;
        _kernel.HugePages.Put(entry.Page);
        _huge!.Remove(key);
        MapHuge(address, copy, writable: true);
        return FaultResult.Ok;
    }

    private static void UnmapFromOthers(VmArea vma, ulong index)
    {
        foreach (VmArea other in MappersOf(vma, index))
        {
            if (ReferenceEquals(other, vma) || other.HugeReserve is not null || (other.Flags & VmFlags.MayShare) != 0)
                continue;
            ulong address = other.Start + ((index - other.HugeIndexOf(other.Start)) << HugeSize.Shift);
            other.Mm.ZapHuge(other, address, address + HugeSize.Bytes);
        }
    }

    // Who maps the page of 2 MiB at an index of the file that an area maps.
    private static Ranges.IntervalTree<VmArea>.Sequence MappersOf(VmArea vma, ulong index)
        => vma.File!.Mapping.Mappers.Touching(index * HugeSize.Frames, (index * HugeSize.Frames) + HugeSize.Frames - 1);

    private void MapHuge(ulong address, HugePage page, bool writable)
    {
        page.MapCount++;
        (_huge ??= []).Add(address >> HugeSize.Shift, new HugePte(page, writable));
    }

    /// <summary>mm/hugetlb.c: __unmap_hugepage_range.</summary>
    internal void ZapHuge(VmArea vma, ulong start, ulong end)
    {
        foreach (ulong key in HugeKeysIn(start, end))
        {
            HugePage page = _huge![key].Page;
            _huge.Remove(key);

            // A promise that was kept is made again, else somebody could take the page before the next fault.
            if (_kernel.HugePages.Surplus == 0 && vma.HugeReserve is { } reserve && page.Cache is null)
            {
                page.RestoreReserve = true;
                reserve.Consumed.Remove(vma.HugeIndexOf(key << HugeSize.Shift));
            }

            page.MapCount--;
            _kernel.HugePages.Put(page);
        }
    }

    /// <summary>mm/hugetlb.c: copy_hugetlb_page_range.</summary>
    private void CopyHugeRange(VmArea vma, VmArea parent)
    {
        foreach (ulong key in parent.Mm.HugeKeysIn(parent.Start, parent.End))
        {
            HugePte entry = parent.Mm._huge![key];
            if (parent.IsCow)
                parent.Mm._huge[key] = entry = entry with { Writable = false };
            PageTable.NoteMiddle(key << HugeSize.Shift);
            entry.Page.MapCount++;
            (_huge ??= []).Add(key, entry);
        }
    }

    /// <summary>mm/hugetlb.c: move_hugetlb_page_tables.</summary>
    private void MoveHuge(ulong source, ulong target, ulong length)
    {
        foreach (ulong key in HugeKeysIn(source, source + length))
        {
            HugePte entry = _huge![key];
            _huge.Remove(key);
            ulong moved = key + (target >> HugeSize.Shift) - (source >> HugeSize.Shift);
            PageTable.NoteMiddle(moved << HugeSize.Shift);
            _huge.Add(moved, entry);
        }
    }

    /// <summary>mm/hugetlb.c: hugetlb_change_protection. A private page becomes writable by a fault only.</summary>
    private void ProtectHuge(VmArea vma, ulong start, ulong end)
    {
        bool writable = (vma.Flags & (VmFlags.Write | VmFlags.Shared)) == (VmFlags.Write | VmFlags.Shared);
        foreach (ulong key in HugeKeysIn(start, end))
            _huge![key] = _huge[key] with { Writable = writable };
    }

    /// <summary>fs/hugetlbfs/inode.c: hugetlbfs_punch_hole. Whole pages go, of the others the bytes.</summary>
    private void PunchHuge(VmArea vma, ulong start, ulong end)
    {
        HugetlbFile file = vma.HugetlbFile;
        ulong first = (vma.IndexOf(start) + HugeSize.Frames - 1) / HugeSize.Frames;
        ulong last = (vma.IndexOf(end - Page) + 1) / HugeSize.Frames;
        for (ulong at = start; at < end; at += Page)
        {
            if (file.HugePages.TryGetValue(vma.HugeIndexOf(at), out HugePage? cut))
                _kernel.HugePages.Zero(cut, (int)(vma.IndexOf(at) % HugeSize.Frames));
        }

        for (ulong index = first; index < last; index++)
        {
            foreach (VmArea mapper in MappersOf(vma, index))
            {
                ulong address = mapper.Start + ((index - mapper.HugeIndexOf(mapper.Start)) << HugeSize.Shift);
                mapper.Mm.ZapHuge(mapper, address, address + HugeSize.Bytes);
            }

            // mm/hugetlb.c: hugetlb_unreserve_pages. With a page goes its promise; one that was not kept yet stays.
            if (!file.HugePages.Remove(index, out HugePage? page))
                continue;
            file.Reserved.Remove(index);
            page.Cache = null;
            _kernel.HugePages.Put(page);
        }
    }

    /// <summary>mm/mincore.c: the file is asked only where there is no directory that could hold the entry.</summary>
    private bool IsHugeInCore(VmArea vma, ulong address)
        => PageTable.HasMiddle(address)
            ? TryGetHuge(address, out _)
            : vma.HugetlbFile.HugePages.ContainsKey(vma.HugeIndexOf(address));

    private ulong[] HugeKeysIn(ulong start, ulong end)
    {
        if (_huge is null or { Count: 0 })
            return [];
        (ulong first, ulong last) = (start >> HugeSize.Shift, (end - 1) >> HugeSize.Shift);
        return [.. _huge.Keys.Where(key => key >= first && key <= last)];
    }
}
