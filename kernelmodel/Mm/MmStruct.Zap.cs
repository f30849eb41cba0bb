namespace KernelModel.Mm;

internal sealed partial class MmStruct
{
    /// <summary>mm/memory.c: zap_pte_range.</summary>
    internal void ZapRange(VmArea vma, ulong start, ulong end, ZapMode mode)
    {
        if (vma.IsHuge)
        {
            ZapHuge(vma, start, end);
            return;
        }

        ulong address = start;
        while (PageTable.Next(ref address, end, out ulong pte))
        {
            if (Pte.IsPresent(pte))
            {
                int pfn = Pte.Pfn(pte);
                if (mode != ZapMode.FilePagesOnly || !_kernel.Pages[pfn].Has(PageFlags.Anon))
                    ZapPresent(vma, address, pte);
            }
            else if (Pte.IsSwap(pte))
            {
                if (mode != ZapMode.FilePagesOnly)
                    ZapSwap(address, pte);
            }
            else if (mode == ZapMode.Unmap)
            {
                if (Pte.HasRecord(pte))
                    PurgedMarkers--;
                PageTable.Set(address, Pte.None);
            }

            address += Page;
        }
    }

    private void ZapPresent(VmArea vma, ulong address, ulong pte)
    {
        int pfn = Pte.Pfn(pte);
        PageTable.Set(address, Pte.None);
        if (pfn == MemMap.ZeroPage)
            return;
        if (Pte.IsDirty(pte) && !_kernel.Pages[pfn].Has(PageFlags.Anon))
            _kernel.SetDirty(pfn);
        _kernel.Rmap.Remove(vma, pfn);
        _kernel.PutPage(pfn);
    }

    private void ZapSwap(ulong address, ulong pte)
    {
        PageTable.Set(address, Pte.None);
        SwapEntries--;
        _kernel.SwapCache.Free(Pte.Slot(pte));
    }
}
