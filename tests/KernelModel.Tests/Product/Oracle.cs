using System.Runtime.CompilerServices;
using KernelModel.Mm;

namespace KernelModel.Tests.Product;

/// <summary>
/// What every page of every task and file has to hold, from the calls alone. After each call it is compared with what
/// the structures of the model say, page by page: content that nobody gave up is there, it is nobody else's, and what a
/// purge took was volatile and is reported.
/// </summary>
internal sealed partial class Oracle(Kernel kernel, Arena arena)
{
    public List<TaskView> Tasks { get; } = [];

    public List<FileState> Files { get; } = [];

    /// <summary>Whether the call under way, which took pages back, said that something had been purged.</summary>
    public bool Reported { get; set; }

    public Arena Arena => arena;

    public FileState? FileOf(VmArea vma)
    {
        if (vma.File is null)
            return null;
        foreach (FileState file in Files)
        {
            if (ReferenceEquals(file.Cache, vma.File.Mapping))
                return file;
        }

        return null;
    }

    /// <summary>A property; the text is only made when it does not hold.</summary>
    public static void Require(bool holds, [InterpolatedStringHandlerArgument(nameof(holds))] ref FailureText what)
    {
        if (!holds)
            throw new ProductFailure(what.ToString());
    }

    public static void Require(bool holds, string what)
    {
        if (!holds)
            throw new ProductFailure(what);
    }

    /// <summary>Before a call.</summary>
    public void Begin()
    {
        Reported = false;
        foreach (TaskView view in Tasks)
        {
            view.Cells.CopyTo(view.Before, 0);
            view.Seen.CopyTo(view.SeenBefore, 0);
            Array.Clear(view.TakenBack);
        }

        foreach (FileState file in Files)
        {
            file.Marked.CopyTo(file.WasMarked, 0);
            Array.Clear(file.TakenBack);
        }
    }

    /// <summary>After a call, whose own effects are known by now.</summary>
    public void Compare()
    {
        Files.RemoveAll(file => file.Mount is null && !kernel.Files.All.Contains(file.Cache));
        foreach (FileState file in Files)
            CompareFile(file);

        List<(TaskView View, int Page, int Physical)> lost = [];
        foreach (TaskView view in Tasks)
        {
            VmArea? vma = null;
            for (int page = 0; page < arena.Pages; page++)
            {
                ulong address = arena.At(page);
                if (vma is null || address < vma.Start || address >= vma.End)
                    vma = view.Task.Mm!.Lookup(address);
                Observation seen = Observation.Of(kernel, vma, address);
                if (CompareCell(view, page, vma, seen))
                    lost.Add((view, page, view.SeenBefore[page].Physical));
                view.Seen[page] = seen;
            }
        }

        foreach ((TaskView view, int page, int physical) in lost)
            NobodyKept(view, page, physical);
    }

    private void CompareFile(FileState file)
    {
        if (file.HasNews)
            return;
        for (int i = 0; i < file.Size; i++)
        {
            long seen = file.Cache is { } cache ? Observation.OfFile(kernel, cache, (ulong)i)
                : file.Mount!.Mapping.Store is { } store ? Observation.OfStore(store, (ulong)i)
                : 0;
            if (seen == file.Value[i])
                continue;
            Require(seen == 0, $"{file.Name} page {i} holds {seen}, not {file.Value[i]}");
            Require(file.Marked[i] || file.WasMarked[i], $"{file.Name} page {i} lost {file.Value[i]}, which was not volatile");
            if (file.TakenBack[i])
                Require(Reported, $"{file.Name} page {i} was purged by the call that took it back, and it did not say so");
            else
                file.Unreported[i] = true;
            file.Value[i] = 0;
        }
    }

    /// <returns>Whether the page was purged.</returns>
    private bool CompareCell(TaskView view, int page, VmArea? vma, in Observation seen)
    {
        ref Cell cell = ref view.Cells[page];
        ref Cell before = ref view.Before[page];
        Place where = new(view.Task.Pid, page);
        if (vma is null)
        {
            Require(!cell.Mapped, $"{where} is not mapped");
            return false;
        }

        if (!cell.Mapped)
        {
            Require((vma.Flags & VmFlags.GrowsDown) != 0, $"{where} is mapped");
            cell.Replace(mapped: true);
            cell.InRange = false;

            // What grows takes the flags of what it was.
            cell.InArea = (vma.Flags & VmFlags.Volatile) != 0;
        }

        if (FileOf(vma) is { HasNews: true })
            return false;
        Require(cell.InArea == ((vma.Flags & VmFlags.Volatile) != 0), $"{where} VM_VOLATILE");
        if (seen.As == SeenAs.Special)
            return false;
        Require(seen.Value != Observation.Torn, $"{where} is torn");
        Require(cell.Guard == (seen.As == SeenAs.Guard), $"{where} guard");
        if (seen.As is SeenAs.Guard or SeenAs.Purged)
        {
            bool wasLost = cell.IsLost;
            if (seen.As == SeenAs.Purged && !wasLost)
            {
                Require(cell.HasOwn, $"{where} was purged and held nothing");
                Require(before.IsVolatile || cell.IsVolatile, $"{where} lost {cell.Own}, which was not volatile");
                if (before.InArea == cell.InArea && before.InRange == cell.InRange)
                    Require((seen.ForArea, seen.ForRange) == (cell.InArea, cell.InRange), $"{where} was purged for the wrong record");
                (cell.LostForArea, cell.LostForRange) = (seen.ForArea, seen.ForRange);
                cell.Unreported |= seen.ForRange;
                cell.Drop();
                return true;
            }

            Require(seen.ForArea == cell.LostForArea, $"{where} record of the area: {seen.ForArea}");
            Require(seen.ForRange == cell.LostForRange, $"{where} record of the range: {seen.ForRange}");
            return false;
        }

        Require(!cell.IsLost, $"{where} lost its record of a purge");
        if (seen.As == SeenAs.Own)
        {
            CompareOwn(ref cell, vma, page, seen.Value, where);
            return false;
        }

        return CompareShown(view, page, vma, seen, where);
    }

    private void CompareOwn(ref Cell cell, VmArea vma, int page, long seen, Place where)
    {
        if (cell.HasOwn)
        {
            Require(seen == cell.Own || (seen == 0 && cell.MayBeZero), $"{where} holds {seen}, not {cell.Own}");
            cell.Own = seen;
            return;
        }

        // A copy of what the page showed before, or zeros.
        long shown = FileOf(vma) is { } file ? file.Value[vma.IndexOf(arena.At(page))] : 0;
        Require(seen == shown, $"{where} holds {seen}, not {shown}");
        cell.Store(seen);
    }

    /// <returns>Whether the page was purged, and taken back by the same call.</returns>
    private bool CompareShown(TaskView view, int page, VmArea vma, in Observation seen, Place where)
    {
        ref Cell cell = ref view.Cells[page];
        bool purged = false;
        if (cell.HasOwn)
        {
            bool gone = cell.MayBeZero || cell.Own == 0;
            if (!gone)
            {
                purged = view.TakenBack[page] && view.Before[page].IsVolatile;
                Require(purged, $"{where} lost {cell.Own}");
                Require(Reported, $"{where} was purged by the call that took it back, and it did not say so");
            }

            cell.Drop();
        }

        if (FileOf(vma) is { } file)
        {
            int index = (int)vma.IndexOf(arena.At(page));
            if (index >= file.Size)
                Require(seen.As == SeenAs.BeyondEnd, $"{where} shows {file.Name} behind its end");
            else
                Require(seen.As == SeenAs.File && seen.Value == file.Value[index], $"{where} shows {seen.Value}, not {file.Value[index]}");
        }

        return purged;
    }

    /// <summary>R21: a page that somebody keeps is kept for all.</summary>
    private void NobodyKept(TaskView view, int page, int physical)
    {
        if (physical == 0)
            return;
        foreach (TaskView other in Tasks)
        {
            for (int i = 0; i < arena.Pages; i++)
            {
                bool kept = other.SeenBefore[i].Physical == physical && other.Seen[i].Physical == physical
                    && other.Seen[i].As == SeenAs.Own && other.Seen[i].Value == view.Before[page].Own;
                Require(!kept, $"task {view.Task.Pid} page {page} was purged, and task {other.Task.Pid} page {i} still has it");
            }
        }
    }
}

/// <summary>Names a page in a message.</summary>
internal readonly record struct Place(int Pid, int Page)
{
    public override string ToString() => $"task {Pid} page {Page}";
}
