using KernelModel.Mapping;
using KernelModel.Reclaim;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>
/// proc/meminfo: the kernel's lines and format, then <c>Volatile:</c> and <c>Purged:</c> (R70). Files of the mount count as the
/// shared memory that they are.
/// </summary>
internal sealed class MeminfoFile(ulong id, string name, uint mode, MemoryNumbers memory) : ProcFile(id, name, mode)
{
    private const long HugePageKilobytes = 2048;

    /// <inheritdoc/>
    protected override int Show(ProcText text, Caller opener)
    {
        MemoryInfo info = memory.Machine.GetMemoryInfo();
        long files = memory.FilesUsed;
        long total = memory.FilesTotal + info.MemTotal;
        long free = memory.FilesTotal - files + info.MemFree;
        long volatileFiles = Math.Min(memory.VolatilePages, files);
        long available = memory.FilesTotal - files + volatileFiles + info.MemAvailable + info.Volatile;

        // A page of a file that a task maps is one page, whoever counts it.
        long cached = Math.Min(files + info.Cached, total - free);

        Line(text, "MemTotal:", total);
        Line(text, "MemFree:", free);
        Line(text, "MemAvailable:", Math.Min(available, total));
        Line(text, "Buffers:", 0);
        Line(text, "Cached:", cached);
        Line(text, "SwapCached:", info.SwapCached);
        Line(text, "Active:", info.ActiveAnon + info.ActiveFile);
        Line(text, "Inactive:", files + info.InactiveAnon + info.InactiveFile);
        Line(text, "Active(anon):", info.ActiveAnon);
        Line(text, "Inactive(anon):", files + info.InactiveAnon);
        Line(text, "Active(file):", info.ActiveFile);
        Line(text, "Inactive(file):", info.InactiveFile);
        Line(text, "Unevictable:", info.Unevictable);
        Line(text, "Mlocked:", info.Mlocked);
        Line(text, "SwapTotal:", info.SwapTotal);
        Line(text, "SwapFree:", info.SwapFree);
        Line(text, "Zswap:", 0);
        Line(text, "Zswapped:", 0);
        Line(text, "Dirty:", info.Dirty);
        Line(text, "Writeback:", 0);
        Line(text, "AnonPages:", info.AnonPages);
        Line(text, "Mapped:", info.Mapped);
        Line(text, "Shmem:", Math.Min(files + info.Shmem, cached));
        Line(text, "KReclaimable:", 0);
        Line(text, "Slab:", info.SUnreclaim);
        Line(text, "SReclaimable:", 0);
        Line(text, "SUnreclaim:", info.SUnreclaim);
        Line(text, "KernelStack:", info.KernelStack);
        Line(text, "PageTables:", info.PageTables);
        Line(text, "SecPageTables:", 0);
        Line(text, "NFS_Unstable:", 0);
        Line(text, "Bounce:", 0);
        Line(text, "WritebackTmp:", 0);
        Line(text, "CommitLimit:", (total / 2) + info.SwapTotal);
        Line(text, "Committed_AS:", files + info.CommittedAs);
        Line(text, "VmallocTotal:", 0);
        Line(text, "VmallocUsed:", 0);
        Line(text, "VmallocChunk:", 0);
        Line(text, "Percpu:", 0);
        Line(text, "AnonHugePages:", 0);
        Line(text, "ShmemHugePages:", 0);
        Line(text, "ShmemPmdMapped:", 0);
        Line(text, "FileHugePages:", 0);
        Line(text, "FilePmdMapped:", 0);
        Count(text, "HugePages_Total:", info.HugePagesTotal);
        Count(text, "HugePages_Free:", info.HugePagesFree);
        Count(text, "HugePages_Rsvd:", info.HugePagesRsvd);
        Count(text, "HugePages_Surp:", info.HugePagesSurp);
        Kilobytes(text, "Hugepagesize:", HugePageKilobytes);
        Kilobytes(text, "Hugetlb:", info.HugePagesTotal * HugePageKilobytes);
        Line(text, "Volatile:", volatileFiles + info.Volatile);
        Line(text, "Purged:", memory.Ranges.Unreported + info.Purged);
        return 0;
    }

    private static void Line(ProcText text, string name, long pages) => Kilobytes(text, name, pages << (PageSize.Shift - 10));

    // fs/proc/meminfo.c: show_val_kb
    private static void Kilobytes(ProcText text, string name, long number) => text.Add($"{name,-16}{number,8} kB\n");

    // mm/hugetlb.c: hugetlb_report_meminfo
    private static void Count(ProcText text, string name, long number) => text.Add($"{name,-16}{number,8}\n");
}
