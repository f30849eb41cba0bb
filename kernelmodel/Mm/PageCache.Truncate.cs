using KernelModel.Mapping;

namespace KernelModel.Mm;

// Pages that go although somebody may map them (mm/truncate.c).
internal abstract partial class PageCache
{
    /// <summary>Punches whole pages out (FALLOC_FL_PUNCH_HOLE); copies that private mappings own stay.</summary>
    /// <param name="first">First page.</param>
    /// <param name="last">Last page, inclusive.</param>
    internal virtual void Punch(ulong first, ulong last)
    {
        UnmapRange(first, last, evenCows: false);
        RemoveRange(first, last);
    }

    /// <summary>mm/memory.c: unmap_mapping_pages.</summary>
    internal void UnmapRange(ulong first, ulong last, bool evenCows)
    {
        foreach (VmArea vma in Mappers.Touching(first, last))
        {
            ulong from = Math.Max(first, vma.PageOffset);
            ulong to = Math.Min(last, vma.LastIndex);
            ulong start = vma.Start + ((from - vma.PageOffset) << PageSize.Shift);
            ulong end = vma.Start + ((to - vma.PageOffset + 1) << PageSize.Shift);
            vma.Mm.ZapRange(vma, start, end, evenCows ? ZapMode.Everything : ZapMode.FilePagesOnly);
        }
    }

    internal void RemoveRange(ulong first, ulong last)
    {
        List<ulong>? doomed = null;
        foreach ((ulong index, _) in EntriesIn(first, last))
            (doomed ??= []).Add(index);

        if (doomed is null)
            return;

        // mm/swap.c: __folio_batch_release drains before pages go.
        if (doomed.Exists(index => Find(index) != 0))
            Kernel.Lru.AddDrain();
        foreach (ulong index in doomed)
            Drop(index);
    }

    /// <summary>Throws one page away, wherever it is.</summary>
    internal void Drop(ulong index)
    {
        int slot = FindSlot(index);
        if (slot != 0)
        {
            RemoveSlot(index);
            Kernel.SwapCache.Free(slot);
            return;
        }

        int pfn = Find(index);
        if (pfn == 0)
            return;

        // First: it counts as dirty while it is in the cache.
        Kernel.ClearDirty(pfn);
        Remove(index);

        // A mapper that is left holds the frame until it lets go (mm/truncate.c: the page is orphaned).
        Kernel.PutPage(pfn);
    }
}
