using KernelModel.Mapping;
using KernelModel.Reclaim;
using KernelModel.Tasks;

namespace KernelModel;

/// <summary>What /proc/sys/vm sets.</summary>
public sealed partial class Machine
{
    /// <summary>vm.swappiness, from 0 to 200: at 0 memory without a file is swapped when nothing else can be had.</summary>
    public int Swappiness
    {
        get
        {
            lock (_kernel.SyncRoot)
                return _kernel.Swappiness;
        }

        set
        {
            lock (_kernel.SyncRoot)
                _kernel.Swappiness = value;
        }
    }

    /// <summary>
    /// vm.min_free_kbytes: memory that is kept free, from which the watermarks follow. No less than four pages, and no more than a
    /// twentieth of memory (mm/page_alloc.c: init_per_zone_wmark_min bounds what it computes in this way too).
    /// </summary>
    public int MinFreeKilobytes
    {
        get
        {
            lock (_kernel.SyncRoot)
                return _kernel.MinFreePages << (PageSize.Shift - 10);
        }

        set
        {
            lock (_kernel.SyncRoot)
                _kernel.MinFreePages = Math.Clamp(value >> (PageSize.Shift - 10), 4, Math.Max(4, _kernel.TotalPages / 20));
            MemoryLow?.Invoke();
        }
    }

    /// <summary>vm.drop_caches 1: frees page cache that is clean and not mapped.</summary>
    public void DropCaches()
    {
        lock (_kernel.SyncRoot)
            _kernel.Vmscan.DropCaches();
    }

    /// <summary>How many of what the kernel has in slabs there are.</summary>
    public SlabCounts CountSlabs()
    {
        lock (_kernel.SyncRoot)
        {
            int areas = 0;
            int spaces = 0;
            foreach (TaskStruct task in _kernel.Tasks.All)
            {
                if (task.Mm is not { } mm)
                    continue;
                spaces++;
                areas += mm.MapCount;
            }

            return new SlabCounts(_kernel.Tasks.Count, spaces, areas);
        }
    }
}
