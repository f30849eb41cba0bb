using KernelModel.Mapping;
using KernelModel.Mm;
using KernelModel.Views;

namespace ProcFs.Text;

/// <summary>VMAs as maps, smaps and smaps_rollup write them (linux: fs/proc/task_mmu.c).</summary>
internal static class AreaText
{
    // A name begins in this column at the earliest, and behind a blank (show_map_vma: seq_setwidth).
    private const int NameColumn = 73;

    private const int PageKilobytes = PageSize.Bytes / 1024;
    private const int HugePageKilobytes = 2048;

    /// <summary>The line of maps (show_map_vma).</summary>
    public static void AddMaps(this ProcText text, in AreaView area)
    {
        int line = text.Written.Length;
        text.AddPrefix(area.Start, area.End, VmFlagsText.Permissions(area.Flags), area.Offset, area.Major, area.Minor, area.Inode);
        if (area.Name is { } name)
            text.PadTo(line + NameColumn - 1).Add(" ").AddMapsPath(name);
        text.EndLine();
    }

    /// <summary>The lines of smaps (show_smap), and before THPeligible the two of volatile memory.</summary>
    public static void AddSmaps(this ProcText text, in AreaView area)
    {
        int page = (area.Flags & VmFlags.HugeTlb) != 0 ? HugePageKilobytes : PageKilobytes;
        text.AddMaps(area);
        text.AddKilobytes("Size:", (long)(area.End - area.Start) >> 10);
        text.AddKilobytes("KernelPageSize:", page);
        text.AddKilobytes("MMUPageSize:", page);
        text.AddUsage(area.Usage, isRollup: false);
        text.AddVolatile(area.Usage);
        text.Add($"{"THPeligible:",-16}{0,8}\n");
        text.Add("VmFlags: ");
        for (int bit = 0; bit < 64; bit++)
        {
            if (((ulong)area.Flags >> bit & 1) != 0)
                text.Add(VmFlagsText.Codes[bit]).Add(" ");
        }

        text.EndLine();
    }

    /// <summary>The lines of smaps_rollup (show_smaps_rollup), and at their end the two of volatile memory.</summary>
    /// <param name="text">Where to.</param>
    /// <param name="start">The first byte of the first VMA.</param>
    /// <param name="end">The end of the last one.</param>
    /// <param name="usage">The sum over all.</param>
    public static void AddRollup(this ProcText text, ulong start, ulong end, in VmaUsage usage)
    {
        int line = text.Written.Length;
        text.AddPrefix(start, end, "---p", 0, 0, 0, 0);
        text.PadTo(line + NameColumn - 1).Add(" [rollup]\n");
        text.AddUsage(usage, isRollup: true);
        text.AddVolatile(usage);
    }

    // show_vma_header_prefix
    private static void AddPrefix(
        this ProcText text, ulong start, ulong end, string permissions, ulong offset, uint major, uint minor, ulong inode)
        => text.Add($"{start:x8}-{end:x8} {permissions} {offset:x8} {major:x2}:{minor:x2} {inode} ");

    // __show_smap. What a machine without KSM and transparent huge pages has none of is 0.
    private static void AddUsage(this ProcText text, in VmaUsage usage, bool isRollup)
    {
        text.AddBytes("Rss:", usage.Rss);
        text.AddFixed("Pss:", usage.PssFixed);
        text.AddFixed("Pss_Dirty:", usage.PssDirtyFixed);
        if (isRollup)
        {
            text.AddFixed("Pss_Anon:", usage.PssAnonFixed);
            text.AddFixed("Pss_File:", usage.PssFileFixed);
            text.AddFixed("Pss_Shmem:", usage.PssShmemFixed);
        }

        text.AddBytes("Shared_Clean:", usage.SharedClean);
        text.AddBytes("Shared_Dirty:", usage.SharedDirty);
        text.AddBytes("Private_Clean:", usage.PrivateClean);
        text.AddBytes("Private_Dirty:", usage.PrivateDirty);
        text.AddBytes("Referenced:", usage.Referenced);
        text.AddBytes("Anonymous:", usage.Anonymous);
        text.AddKilobytes("KSM:", 0);
        text.AddBytes("LazyFree:", usage.LazyFree);
        text.AddKilobytes("AnonHugePages:", 0);
        text.AddKilobytes("ShmemPmdMapped:", 0);
        text.AddKilobytes("FilePmdMapped:", 0);
        text.AddBytes("Shared_Hugetlb:", usage.SharedHugetlb);
        text.AddBytes("Private_Hugetlb:", usage.PrivateHugetlb);
        text.AddBytes("Swap:", usage.Swap);
        text.AddFixed("SwapPss:", usage.SwapPssFixed);
        text.AddFixed("Locked:", usage.LockedFixed);
    }

    // R70
    private static void AddVolatile(this ProcText text, in VmaUsage usage)
    {
        text.AddKilobytes("Volatile:", usage.VolatilePages * PageKilobytes);
        text.AddKilobytes("Purged:", usage.PurgedPages * PageKilobytes);
    }

    private static void AddBytes(this ProcText text, string key, long bytes) => text.AddKilobytes(key, bytes >> 10);

    private static void AddFixed(this ProcText text, string key, long fixedPoint)
        => text.AddKilobytes(key, VmaUsage.ToKilobytes(fixedPoint));

    private static void AddKilobytes(this ProcText text, string key, long kilobytes) => text.Add($"{key,-16}{kilobytes,8} kB\n");
}
