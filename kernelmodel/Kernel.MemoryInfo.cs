using KernelModel.Reclaim;
using KernelModel.Tasks;

namespace KernelModel;

internal sealed partial class Kernel
{
    /// <summary>
    /// The numbers of /proc/meminfo. All are at hand but Volatile, which looks at the page table entries of volatile areas
    /// and ranges.
    /// </summary>
    public MemoryInfo GetMemoryInfo()
    {
        long purged = 0;
        long tables = 0;
        long committed = 0;
        HashSet<int> volatilePages = [];
        foreach (TaskStruct task in Tasks.All)
        {
            if (task.Mm is not { } mm)
                continue;
            purged += mm.PurgedMarkers;
            tables += mm.PageTable.Pages;
            committed += mm.CommittedPages;
            mm.CollectVolatile(volatilePages);
        }

        int inactiveFile = Lru.Count(LruList.InactiveFile);
        int activeFile = Lru.Count(LruList.ActiveFile);
        return new MemoryInfo
        {
            MemTotal = TotalPages,
            MemFree = Math.Max(0, FreePages),
            MemAvailable = Math.Max(0, FreePages - LowWatermark + ((inactiveFile + activeFile) / 2)),
            Cached = Stat[VmStatItem.NrFilePages],
            SwapCached = Stat[VmStatItem.NrSwapCached],
            ActiveAnon = Lru.Count(LruList.ActiveAnon),
            InactiveAnon = Lru.Count(LruList.InactiveAnon),
            ActiveFile = activeFile,
            InactiveFile = inactiveFile,
            Unevictable = Lru.Count(LruList.Unevictable),
            Mlocked = Stat[VmStatItem.NrMlock],
            SwapTotal = Swap?.TotalSlots ?? 0,
            SwapFree = Swap is null ? 0 : Swap.TotalSlots - Swap.UsedSlots,
            Dirty = Stat[VmStatItem.NrDirty],
            AnonPages = Stat[VmStatItem.NrAnonMapped],
            Mapped = Stat[VmStatItem.NrFileMapped],
            Shmem = Stat[VmStatItem.NrShmem],
            SUnreclaim = Pages.OwnPages - tables - (Tasks.Count * StackPages),
            KernelStack = Tasks.Count * StackPages,
            PageTables = tables,
            CommittedAs = committed,
            HugePagesTotal = HugePages.Total,
            HugePagesFree = HugePages.Free,
            HugePagesRsvd = HugePages.Reserved,
            HugePagesSurp = HugePages.Surplus,
            Volatile = volatilePages.Count,
            Purged = purged,
        };
    }
}
