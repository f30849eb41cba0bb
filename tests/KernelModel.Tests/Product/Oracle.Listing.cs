using KernelModel.Mm;
using KernelModel.Vrange;

namespace KernelModel.Tests.Product;

internal sealed partial class Oracle
{
    /// <summary>R40, R41: /proc/PID/vrange lists what is volatile, and as purged at least what is lost and was not reported.</summary>
    public void CompareListings()
    {
        foreach (TaskView view in Tasks)
        {
            List<VrangeLine> lines = view.Task.Mm!.ListRanges();
            for (int i = 0; i < lines.Count; i++)
                Require(lines[i].LastByte > lines[i].Start && (i == 0 || lines[i].Start > lines[i - 1].LastByte), $"task {view.Task.Pid}: the listing ascends");
            int line = 0;
            VmArea? vma = null;
            for (int page = 0; page < arena.Pages; page++)
            {
                ulong address = arena.At(page);
                if (vma is null || address < vma.Start || address >= vma.End)
                    vma = view.Task.Mm.Lookup(address);
                while (line < lines.Count && lines[line].LastByte < address)
                    line++;
                bool listed = line < lines.Count && lines[line].Start <= address;
                CompareLine(view, page, vma, !listed ? '-' : lines[line].Purged ? 'p' : 'v');
            }
        }
    }

    private void CompareLine(TaskView view, int page, VmArea? vma, char listed)
    {
        ref Cell cell = ref view.Cells[page];
        bool isVolatile = cell.InArea || cell.InRange;
        bool lost = cell.LostForArea || cell.Unreported;
        bool tombstone = cell.MayHaveTombstone;
        if (vma is not null && (vma.Flags & VmFlags.MayShare) != 0 && FileOf(vma) is { } file)
        {
            int index = (int)vma.IndexOf(arena.At(page));
            isVolatile |= file.Marked[index];
            lost |= file.Unreported[index];
            tombstone |= file.MayHaveTombstone[index];
        }

        Require(listed != 'v' || isVolatile, $"{new Place(view.Task.Pid, page)} is listed as {listed} and not volatile");
        Require(!isVolatile || listed != '-', $"{new Place(view.Task.Pid, page)} is listed as {listed} and volatile");
        Require(listed != 'p' || isVolatile || tombstone || lost, $"{new Place(view.Task.Pid, page)} is listed as {listed} and nothing was purged there");
        Require(!lost || listed == 'p', $"{new Place(view.Task.Pid, page)} is listed as {listed} and its loss was not reported");
    }

    /// <summary>After a purge of everything nothing volatile is left but what somebody keeps (R13, R21, R29).</summary>
    public void NothingPurgeableIsLeft()
    {
        Dictionary<int, bool> volatileToAll = [];
        foreach (TaskView view in Tasks)
        {
            for (int page = 0; page < arena.Pages; page++)
            {
                if (view.Seen[page] is not { As: SeenAs.Own, Physical: var physical } || physical == 0)
                    continue;
                VmArea vma = view.Task.Mm!.Lookup(arena.At(page))!;
                bool gone = view.Cells[page].IsVolatile && !vma.IsUnevictable && !(physical > 0 && kernel.Pages[physical].MlockCount > 0);
                volatileToAll[physical] = gone && volatileToAll.GetValueOrDefault(physical, true);
            }
        }

        foreach ((int physical, bool all) in volatileToAll)
            Require(!all, $"{(physical > 0 ? "frame" : "slot")} {Math.Abs(physical)} is volatile to all who have it, and was not purged");
    }

    /// <summary>R28, R33: MADV_PAGEOUT and reclaim do not swap what is volatile to all who have it.</summary>
    public void NothingVolatileWasSwapped()
    {
        foreach (TaskView view in Tasks)
        {
            for (int page = 0; page < arena.Pages; page++)
            {
                bool swapped = view.Seen[page] is { As: SeenAs.Own, Physical: < 0 } && view.SeenBefore[page].Physical > 0;
                Require(!swapped || !IsVolatileToAll(view.Seen[page].Physical), $"{new Place(view.Task.Pid, page)} is volatile and was swapped");
            }
        }
    }

    private bool IsVolatileToAll(int physical)
    {
        foreach (TaskView view in Tasks)
        {
            for (int page = 0; page < arena.Pages; page++)
            {
                if (view.Seen[page].As == SeenAs.Own && view.Seen[page].Physical == physical && !view.Before[page].IsVolatile)
                    return false;
            }
        }

        return true;
    }

    /// <summary>The same for files of the model: only a lock or a private mapping that shows a page keeps it.</summary>
    public void NothingPurgeableIsLeftInFiles()
    {
        foreach (FileState file in Files)
        {
            if (file.Cache is not { } cache || file.Mount is not null)
                continue;
            for (int i = 0; i < file.Size; i++)
            {
                ulong index = (ulong)i;
                bool kept = !file.Marked[i] || file.Value[i] == 0;
                foreach (VmArea vma in cache.Mappers.Touching(index, index))
                    kept |= vma.IsUnevictable || (vma.Flags & VmFlags.MayShare) == 0;
                Require(kept, $"{file.Name} page {i} is volatile and was not purged");
            }
        }
    }
}
