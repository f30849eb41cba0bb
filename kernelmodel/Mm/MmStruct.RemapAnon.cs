namespace KernelModel.Mm;

internal sealed partial class MmStruct
{
    /// <summary>
    /// remap_anon_pages (S4, R62): moves pages from one private anonymous area to missing pages of another, without a
    /// copy. It is how a user fault is resolved.
    /// </summary>
    /// <param name="target">First byte of the destination, page aligned.</param>
    /// <param name="source">First byte of the source, page aligned.</param>
    /// <param name="length">Bytes, page aligned, not 0.</param>
    /// <param name="flags">Flags.</param>
    /// <returns>
    /// Bytes moved; with none -EINVAL, -ENOENT (no page at the source), -EEXIST (one at the destination, or a loss that was not reported yet), -EBUSY (a page
    /// that is not this area's alone).
    /// </returns>
    public long RemapAnonPages(ulong target, ulong source, ulong length, RemapAnonFlags flags)
    {
        if (((target | source | length) & ~PageMask) != 0 || (flags & ~RemapAnonFlags.AllowSourceHoles) != 0
            || length == 0 || target + length < target || source + length < source)
            return -Errno.EINVAL;
        if (Lookup(source) is not { } from || Lookup(target) is not { } to
            || source + length > from.End || target + length > to.End || !IsPrivateAnonymous(from) || !IsPrivateAnonymous(to)
            || ((from.Flags ^ to.Flags) & (VmFlags.Access | VmFlags.Locked)) != 0)
            return -Errno.EINVAL;

        Vmas.PrepareAnonVma(to);
        for (ulong done = 0; done < length; done += Page)
        {
            int result = RemapAnonPage(from, to, source + done, target + done, flags);
            if (result < 0)
                return done > 0 ? (long)done : result;
        }

        return (long)length;
    }

    private static bool IsPrivateAnonymous(VmArea vma)
        => vma.IsAnonymous && !vma.IsSpecial && (vma.Flags & VmFlags.Shared) == 0;

    private int RemapAnonPage(VmArea from, VmArea to, ulong source, ulong target, RemapAnonFlags flags)
    {
        // A purged marker is in the way too: it is all that tells of the loss, until the page is taken back.
        if (PageTable.Get(target) != Pte.None)
            return -Errno.EEXIST;
        ulong pte = PageTable.Get(source);
        if (Pte.IsSwap(pte))
        {
            // A page in swap moves by its entry, if that is the only one.
            int slot = Pte.Slot(pte);
            if (_kernel.Swap!.MapCount(slot) != 1 || _kernel.Swap.Cached(slot) != 0)
                return -Errno.EBUSY;
            PageTable.Set(source, Pte.None);
            PageTable.Set(target, pte);
            NotePage(to, target);
            return 0;
        }

        if (!Pte.IsPresent(pte))
            return (flags & RemapAnonFlags.AllowSourceHoles) != 0 ? 0 : -Errno.ENOENT;
        int pfn = Pte.Pfn(pte);
        ref Page page = ref _kernel.Pages[pfn];
        if (pfn == MemMap.ZeroPage || !page.Has(PageFlags.Anon) || page.MapCount != 1
            || (page.Has(PageFlags.SwapCache) && !_kernel.SwapCache.TryFree(pfn)))
            return -Errno.EBUSY;
        bool pinned = from.IsUnevictable;
        PageTable.Set(source, Pte.None);
        page.Mapping = to.AnonVma!.Id;
        page.Index = to.IndexOf(target);
        page.Flags |= PageFlags.AnonExclusive;
        PageTable.Set(target, pte | Pte.Dirty | WritableBit(to));
        NotePage(to, target);
        if (pinned != to.IsUnevictable)
        {
            if (pinned)
                _kernel.Munlock(pfn);
            else
                _kernel.Mlock(pfn);
        }

        return 0;
    }
}
