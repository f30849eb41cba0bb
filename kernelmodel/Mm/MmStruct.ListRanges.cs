using KernelModel.Mapping;
using KernelModel.Vrange;

namespace KernelModel.Mm;

internal sealed partial class MmStruct
{
    /// <summary>
    /// What /proc/PID/vrange lists (R41): ranges of the mm, volatile areas, and ranges of the files it maps shared,
    /// ascending and disjoint. Where two cover a page the list splits at every border.
    /// </summary>
    public List<VrangeLine> ListRanges()
    {
        List<VrangeEntry> ranges = [];
        _ranges?.List(0, (TaskSize >> PageSize.Shift) - 1, ranges);
        List<(VrangeEntry Range, string? Path)> areas = [];
        foreach (VmArea vma in Areas)
        {
            if ((vma.Flags & VmFlags.Volatile) != 0)
                ListArea(vma, areas);
            else if (vma.File is not null && (vma.Flags & VmFlags.MayShare) != 0)
                ListFile(vma, areas);
        }

        List<VrangeLine> lines = [];
        int r = 0;
        int a = 0;
        ulong at = 0;
        while (r < ranges.Count || a < areas.Count)
        {
            VrangeEntry? range = r < ranges.Count ? ranges[r] : null;
            VrangeEntry? area = a < areas.Count ? areas[a].Range : null;
            at = Math.Max(at, Math.Min(range?.First ?? ulong.MaxValue, area?.First ?? ulong.MaxValue));
            bool inRange = range is { } x && x.First <= at;
            bool inArea = area is { } y && y.First <= at;
            ulong last = Math.Min(LastOf(range, inRange), LastOf(area, inArea));
            bool purged = (inRange && range!.Value.Purged) || (inArea && area!.Value.Purged);
            lines.Add(new VrangeLine(at << PageSize.Shift, ((last + 1) << PageSize.Shift) - 1, purged, inArea ? areas[a].Path : null));
            at = last + 1;
            r += range?.Last <= last ? 1 : 0;
            a += area?.Last <= last ? 1 : 0;
        }

        return lines;
    }

    private static ulong LastOf(VrangeEntry? entry, bool inside)
        => entry is not { } e ? ulong.MaxValue : inside ? e.Last : e.First - 1;

    /// <summary>The area as runs of purged pages and of others (R26).</summary>
    private void ListArea(VmArea vma, List<(VrangeEntry Range, string? Path)> into)
    {
        ulong end = vma.End >> PageSize.Shift;
        ulong run = vma.Start >> PageSize.Shift;
        ulong address = vma.Start;
        while (PageTable.Next(ref address, vma.End, out ulong pte))
        {
            if (!Pte.IsPurgedForArea(pte))
            {
                address += Page;
                continue;
            }

            ulong first = address >> PageSize.Shift;
            ulong last = first;
            while (last + 1 < end && Pte.IsPurgedForArea(PageTable.Get((last + 1) << PageSize.Shift)))
                last++;
            if (first > run)
                into.Add((new VrangeEntry(run, first - 1, false), null));
            into.Add((new VrangeEntry(first, last, true), null));
            run = last + 1;
            address = run << PageSize.Shift;
        }

        if (run < end)
            into.Add((new VrangeEntry(run, end - 1, false), null));
    }

    private static void ListFile(VmArea vma, List<(VrangeEntry Range, string? Path)> into)
    {
        List<VrangeEntry> found = [];
        vma.File!.Mapping.ListRanges(vma.PageOffset, vma.PageOffset + vma.Pages - 1, found);
        ulong shift = (vma.Start >> PageSize.Shift) - vma.PageOffset;
        foreach (VrangeEntry entry in found)
        {
            ulong first = Math.Max(entry.First, vma.PageOffset) + shift;
            ulong last = Math.Min(entry.Last, vma.PageOffset + vma.Pages - 1) + shift;
            into.Add((new VrangeEntry(first, last, entry.Purged), vma.File.Name));
        }
    }
}
