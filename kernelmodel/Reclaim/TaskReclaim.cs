using KernelModel.Mm;
using KernelModel.Tasks;

namespace KernelModel.Reclaim;

/// <summary>Reclaim of one task (S3: /proc/PID/reclaim). Guarded by the model's lock.</summary>
internal sealed class TaskReclaim(Kernel kernel)
{
    /// <summary>A write to /proc/PID/reclaim (R30): parses, and takes the task's pages out of memory.</summary>
    /// <param name="task">The task, or null when it is gone.</param>
    /// <param name="text">The command.</param>
    /// <returns>The length of the command, or -EINVAL, or -ESRCH (after the text was found valid).</returns>
    public int Write(TaskStruct? task, ReadOnlySpan<byte> text)
    {
        int result = ReclaimRequest.Parse(text, out ReclaimRequest request);
        if (result < 0)
            return result;
        if (task is null || task.State == TaskState.Dead)
            return -Errno.ESRCH;
        Run(task, request);
        return text.Length;
    }

    /// <summary>Takes what a request names out of the memory of a task (R32, R33).</summary>
    /// <returns>Pages that left memory.</returns>
    public int Run(TaskStruct task, ReclaimRequest request)
    {
        kernel.AssertLocked();
        if (task.Mm is not { } mm)
            return 0;
        kernel.Lru.AddDrain();
        int freed = 0;
        for (VmArea? vma = mm.FirstIn(request.Start, request.End); vma is not null; vma = mm.FirstIn(vma.End, request.End))
        {
            bool wanted = vma.File is not null ? request.File : request.Anonymous;
            if (wanted && !vma.IsSpecial && (vma.Flags & VmFlags.HugeTlb) == 0)
                freed += ReclaimArea(vma, Math.Max(vma.Start, request.Start), Math.Min(vma.End, request.End));
        }

        return freed;
    }

    private int ReclaimArea(VmArea vma, ulong start, ulong end)
    {
        PageTable table = vma.Mm.PageTable;
        int freed = 0;
        ulong address = start;
        while (table.Next(ref address, end, out ulong pte))
        {
            int pfn = Pte.IsPresent(pte) ? Pte.Pfn(pte) : MemMap.ZeroPage;
            if (pfn != MemMap.ZeroPage && ReclaimMapping(vma, address, pfn))
                freed++;
            address += Mapping.PageSize.Bytes;
        }

        return freed;
    }

    // R33: volatile pages are purged; a page that others map too loses this mapping only.
    private bool ReclaimMapping(VmArea vma, ulong address, int pfn)
    {
        ref Page page = ref kernel.Pages[pfn];
        if (!page.Has(PageFlags.Lru) || page.Has(PageFlags.Unevictable | PageFlags.Locked))
            return false;
        if (kernel.Vmscan.PurgeVictim(pfn, direct: false) || (vma.File is { Writable: true } && kernel.Vmscan.PurgeFilePage(pfn)))
            return true;
        if (page.MapCount > 1)
            return UnmapShared(vma, address, pfn);
        kernel.Lru.Remove(pfn);
        page.Flags &= ~PageFlags.Active;
        if (kernel.Vmscan.ShrinkPage(pfn, ignoreReferences: true))
            return true;
        kernel.Lru.Add(pfn);
        return false;
    }

    private bool UnmapShared(VmArea vma, ulong address, int pfn)
    {
        ref Page page = ref kernel.Pages[pfn];
        if (page.Has(PageFlags.Anon) && !page.Has(PageFlags.SwapCache))
        {
            int slot = page.Has(PageFlags.SwapBacked) ? kernel.Swap?.Take(pfn) ?? 0 : 0;
            if (slot == 0)
                return false;
            kernel.SwapCache.Add(pfn, slot);
            kernel.SetDirty(pfn);
        }

        kernel.Vmscan.UnmapOne(vma, address, pfn);
        return false;
    }
}
