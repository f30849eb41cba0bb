using KernelModel.Mapping;
using KernelModel.Reclaim;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>
/// proc/slabinfo: what of the kernel's own objects the model has. Each has the size that the kernel's has, and lies in slabs of its
/// own.
/// </summary>
internal sealed class SlabinfoFile(ulong id, string name, uint mode, MemoryNumbers memory) : ProcFile(id, name, mode)
{
    // mm/slab_common.c: print_slabinfo_header, cache_show
    /// <inheritdoc/>
    protected override int Show(ProcText text, Caller opener)
    {
        SlabCounts counts = memory.Machine.CountSlabs();
        text.Add("slabinfo - version: 2.1\n")
            .Add("# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>")
            .Add(" : tunables <limit> <batchcount> <sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>\n");
        Cache(text, "vrange", memory.Ranges.Count, 64, 1);
        Cache(text, "vm_area_struct", counts.Areas, 176, 1);
        Cache(text, "mm_struct", counts.AddressSpaces, 1408, 8);
        Cache(text, "task_struct", counts.Tasks, 4160, 8);
        return 0;
    }

    private static void Cache(ProcText text, string cache, long objects, int size, int pages)
    {
        int each = (pages << PageSize.Shift) / size;
        long slabs = (objects + each - 1) / each;
        text.Add($"{cache,-17} {objects,6} {slabs * each,6} {size,6} {each,4} {pages,4} : tunables    0    0    0")
            .Add($" : slabdata {slabs,6} {slabs,6}      0\n");
    }
}
