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
