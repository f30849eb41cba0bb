using KernelModel.Mm;
using KernelModel.Vrange;

namespace KernelModel.Tests.Product;

internal sealed partial class ProductMachine
{
    private void Call(TaskView view)
    {
        switch (Next(100))
        {
            case < 18:
                Store(view, AnyMappedPage(view));
                break;
            case < 23:
                Load(view, AnyMappedPage(view));
                break;
            case < 34:
                Map(view);
                break;
            case < 36:
                Unmap(view);
                break;
            case < 43:
                Remap(view);
                break;
            case < 45:
                Brk(view);
                break;
            case < 51:
                Protect(view);
                break;
            case < 60:
                Vrange(view);
                break;
            case < 69:
                Mvrange(view);
                break;
            case < 82:
                Advise(view);
                break;
            case < 85:
                RemapAnon(view);
                break;
            case < 89:
                LifeOf(view);
                break;
            case < 95:
                Reclaim(view);
                break;
            default:
                FileCall();
                break;
        }
    }

    private int AnyMappedPage(TaskView view)
    {
        int page = AnyPage();
        for (int i = 0; i < 8 && !view.Cells[page].Mapped; i++)
            page = AnyPage();
        return page;
    }

    private void Store(TaskView view, int page)
    {
        long number = ++_stamp;
        byte[] bytes = BitConverter.GetBytes(number);
        ulong at = _arena.At(page);

        // A system call's buffer, the task's own store.
        bool done = Next(5) == 0
            ? view.Task.Mm!.Write(at, bytes) == 8 && view.Task.Mm.Write(at + 4088, bytes) == 8
            : view.Task.Store(at, bytes) && view.Task.Store(at + 4088, bytes);
        Say($"{view.Task.Pid}: store {page} = {number}: {done}");
        if (!done)
        {
            ExplainFailure(view, page, write: true);
            return;
        }

        Grow(view);
        VmArea vma = view.Task.Mm!.Lookup(at)!;
        if (vma.Device is not null)
            return;
        Oracle.Require(!view.Cells[page].IsLost && !view.Cells[page].Guard, $"task {view.Task.Pid} page {page} took a store");
        if ((vma.Flags & VmFlags.MayShare) != 0)
            _oracle.FileOf(vma)!.Value[vma.IndexOf(at)] = number;
        else
            view.Cells[page].Store(number);
    }

    private void Load(TaskView view, int page)
    {
        byte[] bytes = new byte[8];
        ulong at = _arena.At(page);
        bool done = view.Task.Load(at, bytes);
        long seen = BitConverter.ToInt64(bytes);
        Say($"{view.Task.Pid}: load {page}: {(done ? seen : "failed")}");
        if (!done)
        {
            ExplainFailure(view, page, write: false);
            return;
        }

        Grow(view);
        VmArea vma = view.Task.Mm!.Lookup(at)!;
        if (vma.Device is not null)
            return;
        ref Cell cell = ref view.Cells[page];
        Oracle.Require(!cell.IsLost && !cell.Guard, $"task {view.Task.Pid} page {page} was read");
        FileState? file = cell.HasOwn ? null : _oracle.FileOf(vma);
        long shown = cell.HasOwn ? cell.Own : file?.Value[vma.IndexOf(at)] ?? 0;

        // To make room for what is read it may be purged itself.
        bool mayBeZero = cell.MayBeZero || file?.Marked[vma.IndexOf(at)] == true;
        Oracle.Require(seen == shown || (seen == 0 && mayBeZero), $"task {view.Task.Pid} page {page} reads {seen}, not {shown}");
    }

    /// <summary>An area that grows down may have: what was marked there is marked no more (R20).</summary>
    private void Grow(TaskView view)
    {
        for (int page = 0; page < _arena.HeapFirst; page++)
        {
            if (view.Cells[page].Mapped || view.Task.Mm!.Lookup(_arena.At(page)) is not { } vma)
                continue;
            view.Cells[page].Replace(mapped: true);
            view.Cells[page].InArea = (vma.Flags & VmFlags.Volatile) != 0;
        }
    }

    /// <summary>An access that failed has a reason, and memory is none while volatile pages are left.</summary>
    private void ExplainFailure(TaskView view, int page, bool write)
    {
        Grow(view);
        ref Cell cell = ref view.Cells[page];
        if (view.Task.Mm!.Lookup(_arena.At(page)) is not { } vma || cell.Guard || cell.IsLost || cell.IsVolatile)
            return;
        if ((vma.Flags & (write ? VmFlags.Write : VmFlags.Access)) == 0 || vma.Userfault is not null)
            return;
        if (_oracle.FileOf(vma) is { } file && vma.IndexOf(_arena.At(page)) >= (ulong)file.Size)
            return;

        // What was had for the copy is given back when there is none to copy from.
        Oracle.Require(_kernel.FreePages <= Kernel.LeastRoom, $"task {view.Task.Pid} page {page} cannot be had");
        _oracle.Compare();
        _oracle.NothingPurgeableIsLeft();
    }

    private void Vrange(TaskView view)
    {
        (int page, int pages) = Stretch();
        bool mark = Next(5) < 3;
        int pointer = Next(4) == 0 ? AnyPage() : -1;
        VmArea? pointed = null;
        if (pointer >= 0 && ((pointed = view.Task.Mm!.Lookup(_arena.At(pointer))) is null || pointed.Device is not null))
            pointer = -1;
        bool purged;
        bool expected = false;

        // The number the call leaves behind is not one of the test's pages: it lies in the middle.
        long done = pointer < 0
            ? view.Task.Mm!.Vrange(_arena.At(page), Bytes(pages), mark ? 1u : 0, 0, out purged)
            : view.Task.Mm!.Vrange(_arena.At(page), Bytes(pages), mark ? 1u : 0, 0, _arena.At(pointer) + 2048, out purged);
        Say($"{view.Task.Pid}: vrange {page} {pages} {(mark ? "mark" : "unmark")} pointer {pointer}: {done} {purged}");
        if (pointer >= 0 && done != -Errno.EFAULT && (pointed!.Flags & VmFlags.MayShare) == 0 && !view.Cells[pointer].HasOwn)
        {
            // The buffer was made writable.
            long shown = _oracle.FileOf(pointed) is { } file ? file.Value[pointed.IndexOf(_arena.At(pointer))] : 0;
            view.Cells[pointer].Store(shown);
        }

        if (pointer >= 0)
            view.Cells[pointer].MayBeZero &= done == -Errno.EFAULT || view.Cells[pointer].Droppable;
        _oracle.Reported = purged;
        for (int i = page; i < page + (int)(Math.Max(0, done) >> 12); i++)
        {
            ref Cell cell = ref view.Cells[i];
            cell.InArea = mark;
            if (mark)
                continue;
            expected |= cell.LostForArea;
            cell.LostForArea = false;
            view.TakenBack[i] = true;
        }

        Oracle.Require(purged || !expected, "vrange did not report a purge");
        Oracle.Require(!purged || expected || pointer >= 0, "vrange reported a purge that was none");
    }

    private void Mvrange(TaskView view)
    {
        (int page, int pages) = Stretch();
        bool mark = Next(5) < 3;
        uint behavior = (uint)Next(2);
        ulong length = Bytes(pages);
        if (Next(12) == 0)
        {
            // Far beyond the end of the address space.
            length = 1UL << 62;
            pages = _arena.Pages - page;
        }

        int result = view.Task.Mm!.Mvrange(_arena.At(page), length, mark ? 1u : 0, behavior);
        Say($"{view.Task.Pid}: mvrange {page} {length >> 12} {(mark ? "mark" : "unmark")} {(VrangeBehavior)behavior}: {result}");
        List<(VmArea Area, int First, int End)> areas = AreasIn(view, page, pages);
        bool refused = areas.Exists(part => IsShared(part.Area) && !part.Area.File!.Writable);
        Oracle.Require(result != -Errno.ENOMEM || _kernel.FreePages < 1, "mvrange had no memory");
        Oracle.Require(refused == (result == -Errno.EACCES), "mvrange over a file that was not opened for writing");
        if (result < 0)
            return;
        _oracle.Reported = result == 1;
        bool expected = false;
        for (int i = page; i < page + pages; i++)
        {
            VmArea? vma = view.Task.Mm.Lookup(_arena.At(i));
            if (vma is not null && IsShared(vma))
                expected |= MarkFile(_oracle.FileOf(vma)!, (int)vma.IndexOf(_arena.At(i)), mark);
            else
                expected |= MarkOwn(view, i, mark);
        }

        Oracle.Require(result == 1 || !expected, "mvrange did not report a purge");
    }

    private static bool IsShared(VmArea vma) => vma.File is not null && (vma.Flags & VmFlags.MayShare) != 0;

    private static bool MarkOwn(TaskView view, int page, bool mark)
    {
        ref Cell cell = ref view.Cells[page];
        bool lost = !mark && cell.Unreported;
        cell.InRange = mark;
        cell.MayHaveTombstone = mark;
        if (mark)
            return false;
        cell.Unreported = cell.LostForRange = false;
        view.TakenBack[page] = true;
        return lost;
    }

    private static bool MarkFile(FileState file, int index, bool mark)
    {
        bool lost = !mark && file.Unreported[index];
        file.Marked[index] = mark;
        file.MayHaveTombstone[index] = mark;
        if (mark)
            return false;
        file.Unreported[index] = false;
        file.TakenBack[index] = true;
        return lost;
    }
}
