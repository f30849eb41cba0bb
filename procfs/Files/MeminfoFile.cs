using KernelModel.Mapping;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>proc/meminfo: the kernel's lines and format, then <c>Volatile:</c> and <c>Purged:</c> (R70).</summary>
internal sealed class MeminfoFile(ulong id, string name, uint mode, MemoryNumbers memory) : ProcFile(id, name, mode)
{
    /// <inheritdoc/>
    protected override int Show(ProcText text, Caller opener)
    {
        long total = memory.Total;
        long used = memory.Used;
        long free = total - used;
        long volatilePages = Math.Min(memory.VolatilePages, used);

        Line(text, "MemTotal", total);
        Line(text, "MemFree", free);
        Line(text, "MemAvailable", free + volatilePages);
        Line(text, "Buffers", 0);
        Line(text, "Cached", used);
        Line(text, "SwapCached", 0);
        Line(text, "Active", 0);
        Line(text, "Inactive", used);
        Line(text, "Active(anon)", 0);
        Line(text, "Inactive(anon)", used);
        Line(text, "Active(file)", 0);
        Line(text, "Inactive(file)", 0);
        Line(text, "Unevictable", 0);
        Line(text, "Mlocked", 0);
        Line(text, "SwapTotal", 0);
        Line(text, "SwapFree", 0);
        Line(text, "Dirty", 0);
        Line(text, "Writeback", 0);
        Line(text, "AnonPages", 0);
        Line(text, "Mapped", 0);
        Line(text, "Shmem", used);
        Line(text, "Slab", 0);
        Line(text, "SReclaimable", 0);
        Line(text, "SUnreclaim", 0);
        Line(text, "Volatile", volatilePages);
        Line(text, "Purged", memory.Ranges.Unreported);
        return 0;
    }

    // fs/proc/meminfo.c: show_val_kb
    private static void Line(ProcText text, string name, long pages)
        => text.Add($"{name + ":",-16}{pages << (PageSize.Shift - 10),8} kB\n");
}
