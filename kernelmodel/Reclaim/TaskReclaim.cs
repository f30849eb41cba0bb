using KernelModel.Mm;
using KernelModel.Reclaim;
using KernelModel.Tasks;

namespace KernelModel;

public sealed partial class Kernel
{
    /// <summary>A write to /proc/PID/reclaim (R30): parses, and takes the task's pages out of memory.</summary>
    /// <param name="task">The task, or null when it is gone.</param>
    /// <param name="text">The command.</param>
    /// <returns>The length of the command, or -EINVAL, or -ESRCH (after the text was found valid).</returns>
    public int WriteReclaim(TaskStruct? task, string text)
    {
        int result = ReclaimRequest.Parse(text, out ReclaimRequest request);
        if (result < 0)
            return result;
        if (task is null || task.State == TaskState.Dead)
            return -Errno.ESRCH;
        ReclaimTask(task, request);
        return text.Length;
    }

    /// <summary>Takes what a request names out of the memory of a task (R32, R33).</summary>
    /// <returns>Pages that left memory.</returns>
    public int ReclaimTask(TaskStruct task, ReclaimRequest request)
    {
        if (task.Mm is not { } mm)
            return 0;
        _reclaiming = true;
        LruAddDrain();
        int freed = 0;
        for (VmArea? vma = mm.FirstIn(request.Start, request.End); vma is not null; vma = mm.FirstIn(vma.End, request.End))
        {
            bool wanted = vma.File is not null ? request.File : request.Anonymous;
            if (wanted && !vma.IsSpecial && (vma.Flags & VmFlags.HugeTlb) == 0)
                freed += ReclaimArea(vma, Math.Max(vma.Start, request.Start), Math.Min(vma.End, request.End));
        }

        _reclaiming = false;
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
        ref Page page = ref Pages[pfn];
        if (!page.Has(PageFlags.Lru) || page.Has(PageFlags.Unevictable | PageFlags.Locked))
            return false;
        if (PurgeVictim(pfn))
            return true;
        if (page.MapCount > 1)
            return UnmapShared(vma, address, pfn);
        Lru.Remove(pfn);
        page.Flags &= ~PageFlags.Active;
        if (ShrinkPage(pfn, ignoreReferences: true))
            return true;
        Lru.Add(pfn);
        return false;
    }

    private bool UnmapShared(VmArea vma, ulong address, int pfn)
    {
        ref Page page = ref Pages[pfn];
        if (page.Has(PageFlags.Anon) && !page.Has(PageFlags.SwapCache))
        {
            int slot = page.Has(PageFlags.SwapBacked) ? Swap?.Take(pfn) ?? 0 : 0;
            if (slot == 0)
                return false;
            AddToSwapCache(pfn, slot);
            SetDirty(pfn);
        }

        UnmapOne(vma, address, pfn);
        return false;
    }
}
