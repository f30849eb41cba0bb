using KernelModel.Mapping;
using KernelModel.Ranges;
using KernelModel.Reclaim;

namespace KernelModel.Mm;

/// <summary>From a page to the VMAs that map it (linux: mm/rmap.c). Guarded by the model's lock.</summary>
internal sealed class Rmap(Kernel kernel)
{
    private readonly List<AnonVma?> _anonVmas = [null];
    private readonly Stack<int> _freeAnonVmas = new();

    /// <summary>Makes a page known to one more page table entry (linux: folio_add_*_rmap).</summary>
    public void Add(VmArea vma, int pfn)
    {
        if (pfn == MemMap.ZeroPage)
            return;
        ref Page page = ref kernel.Pages[pfn];
        if (page.MapCount++ == 0)
            kernel.Stat.Add(page.Has(PageFlags.Anon) ? VmStatItem.NrAnonMapped : VmStatItem.NrFileMapped, 1);
        vma.Mm.CountRss(page, 1);
        if (page.Has(PageFlags.Anon))
            vma.Mm.NotePage(vma, vma.Start + ((page.Index - vma.PageOffset) << PageSize.Shift));
        if (vma.IsUnevictable)
            kernel.Mlock(pfn);
    }

    /// <summary>One page table entry less maps a page; it is not freed here (linux: folio_remove_rmap_pte).</summary>
    public void Remove(VmArea vma, int pfn)
    {
        if (pfn == MemMap.ZeroPage)
            return;
        ref Page page = ref kernel.Pages[pfn];
        if (--page.MapCount == 0)
            kernel.Stat.Add(page.Has(PageFlags.Anon) ? VmStatItem.NrAnonMapped : VmStatItem.NrFileMapped, -1);
        vma.Mm.CountRss(page, -1);
        if (vma.IsUnevictable)
            kernel.Munlock(pfn);
    }

    public AnonVma AllocAnonVma(AnonVma? parent)
    {
        if (!_freeAnonVmas.TryPop(out int id))
        {
            id = _anonVmas.Count;
            _anonVmas.Add(null);
        }

        AnonVma anonVma = new() { Id = id };
        anonVma.Parent = parent ?? anonVma;
        anonVma.Root = parent?.Root ?? anonVma;
        anonVma.Parent.NumChildren++;
        _anonVmas[id] = anonVma;
        return anonVma;
    }

    /// <summary>Frees an anon_vma that no VMA is chained to any more.</summary>
    public void PutAnonVma(AnonVma anonVma)
    {
        if (anonVma.Areas.Count > 0)
            return;
        if (anonVma.Parent != anonVma)
            anonVma.Parent.NumChildren--;
        _anonVmas[anonVma.Id] = null;
        _freeAnonVmas.Push(anonVma.Id);
    }

    /// <summary>What leads to the mappings of an anonymous page.</summary>
    public AnonVma AnonVmaOf(in Page page) => _anonVmas[page.Mapping]!;

    /// <summary>
    /// Every entry that stands for the contents of one anonymous page, by its frame or by its swap slot. The tasks that have
    /// it descend from one that had it first, so all their VMAs are chained to its anon_vma.
    /// </summary>
    /// <param name="anonVma">That of any VMA that has the page.</param>
    /// <param name="index">Its linear index.</param>
    /// <param name="pfn">Its frame, or 0.</param>
    /// <param name="slot">Its slot, or 0.</param>
    /// <param name="into">The entries.</param>
    public static void WalkEntries(AnonVma anonVma, ulong index, int pfn, int slot, List<(VmArea Vma, ulong Address)> into)
    {
        into.Clear();
        foreach (VmArea vma in anonVma.Root.Areas.Touching(index, index))
        {
            ulong address = vma.Start + ((index - vma.PageOffset) << PageSize.Shift);
            ulong pte = vma.Mm.PageTable.Get(address);
            if (Pte.IsPresent(pte) ? Pte.Pfn(pte) == pfn && pfn != MemMap.ZeroPage : Pte.IsSwap(pte) && Pte.Slot(pte) == slot)
                into.Add((vma, address));
        }
    }

    /// <summary>Every VMA that may map a page, with the address where it would (linux: rmap_walk).</summary>
    public void Walk(int pfn, List<(VmArea Vma, ulong Address)> into)
    {
        into.Clear();
        ref Page page = ref kernel.Pages[pfn];
        IntervalTree<VmArea>? areas = page.Has(PageFlags.Anon) ? _anonVmas[page.Mapping]?.Areas
            : page.Has(PageFlags.PageCache) ? kernel.Files.Of(page).Mappers
            : null;
        if (areas is null)
            return;
        foreach (VmArea vma in areas.Touching(page.Index, page.Index))
        {
            ulong address = vma.Start + ((page.Index - vma.PageOffset) << PageSize.Shift);
            ulong pte = vma.Mm.PageTable.Get(address);
            if (Pte.IsPresent(pte) && Pte.Pfn(pte) == pfn)
                into.Add((vma, address));
        }
    }
}
