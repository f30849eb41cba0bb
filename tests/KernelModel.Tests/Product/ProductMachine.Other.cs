using System.Text;
using KernelModel.Mm;
using KernelModel.Tasks;
using KernelModel.Vrange;

namespace KernelModel.Tests.Product;

internal sealed partial class ProductMachine
{
    private static readonly Madv[] s_advice =
    [
        Madv.DontNeed, Madv.DontNeed, Madv.DontNeedLocked, Madv.Free, Madv.Free, Madv.Free, Madv.Free, Madv.Remove, Madv.GuardInstall,
        Madv.GuardInstall, Madv.GuardRemove, Madv.PageOut, Madv.PageOut, Madv.PageOut, Madv.PageOut, Madv.Cold, Madv.WillNeed, Madv.WillNeed,
        Madv.PopulateRead, Madv.PopulateWrite, Madv.UserFault, Madv.NoUserFault, Madv.DontFork, Madv.DoFork, Madv.WipeOnFork, Madv.KeepOnFork,
    ];

    private void Advise(TaskView view)
    {
        (int page, int pages) = Stretch();
        Madv advice = s_advice[Next(s_advice.Length)];
        List<(VmArea Area, int First, int End)> areas = AreasIn(view, page, pages);
        if (Next(20) == 0)
        {
            int synced = view.Task.Mm!.Msync(_arena.At(page), Bytes(pages), MsyncFlags.Sync);
            Say($"{view.Task.Pid}: msync {page} {pages}: {Text(synced)}");
            return;
        }

        // Areas change under the call, so what it may do to each is found out first.
        List<(int First, int End, bool Allowed, bool Shared, FileState? File, ulong Index)> parts = [.. areas.Select(part => (
            part.First, part.End, Allows(part.Area, advice), IsShared(part.Area), _oracle.FileOf(part.Area), part.Area.IndexOf(_arena.At(part.First))))];
        int result = view.Task.Mm!.Madvise(_arena.At(page), Bytes(pages), advice);
        Say($"{view.Task.Pid}: madvise {page} {pages} {advice}: {Text(result)}");
        if (advice == Madv.GuardInstall && result == -Errno.EAGAIN)
            return; // no memory for the markers
        if (advice == Madv.PageOut)
        {
            _oracle.Compare();
            _oracle.NothingVolatileWasSwapped();
        }

        foreach ((int first, int end, bool allowed, bool shared, FileState? file, ulong index) in parts)
        {
            if (!allowed)
                break;
            for (int i = first; i < end; i++)
                AdvisePage(ref view.Cells[i], advice, shared, file, (int)index + (i - first));
        }
    }

    private static bool Allows(VmArea vma, Madv advice)
    {
        bool locked = (vma.Flags & VmFlags.Locked) != 0;
        bool pinned = (vma.Flags & VmFlags.Pinned) != 0;
        return advice switch
        {
            Madv.DontNeed => !locked && !pinned && !vma.IsSpecial,
            Madv.DontNeedLocked => !pinned && !vma.IsSpecial,
            Madv.Free => !locked && !pinned && vma.IsAnonymous,
            Madv.Remove => !locked && !pinned && vma.File is not null
                && (vma.Flags & (VmFlags.Shared | VmFlags.MayWrite)) == (VmFlags.Shared | VmFlags.MayWrite),
            Madv.GuardInstall => !locked && !pinned && !vma.IsSpecial,
            Madv.GuardRemove => !vma.IsSpecial,
            _ => false,
        };
    }

    private static void AdvisePage(ref Cell cell, Madv advice, bool shared, FileState? file, int index)
    {
        switch (advice)
        {
            case Madv.DontNeed or Madv.DontNeedLocked when !shared:
                cell.Drop();
                break;
            case Madv.Free when cell.HasOwn:
                cell.MayBeZero = true;
                break;
            case Madv.Remove:
                if (index < file!.Size)
                    file.Value[index] = 0;
                break;
            case Madv.GuardInstall:
                cell.Drop();
                cell.Guard = true;
                break;
            case Madv.GuardRemove:
                cell.Guard = false;
                break;
        }
    }

    private void RemapAnon(TaskView view)
    {
        (int source, int pages) = Stretch();
        (int target, int most) = Stretch();
        pages = Math.Min(pages, most);
        RemapAnonFlags flags = (RemapAnonFlags)Next(2);
        long result = view.Task.Mm!.RemapAnonPages(_arena.At(target), _arena.At(source), Bytes(pages), flags);
        Say($"{view.Task.Pid}: remap_anon_pages {target} from {source} {pages} {flags}: {Text(result)}");
        for (int i = 0; i < (int)(Math.Max(0, result) >> 12); i++)
        {
            ref Cell from = ref view.Cells[source + i];
            ref Cell to = ref view.Cells[target + i];
            if (!from.HasOwn || from.IsLost)
                continue;
            Oracle.Require(!to.HasOwn && !to.IsLost, $"remap_anon_pages onto page {target + i}");
            (to.HasOwn, to.Own, to.MayBeZero) = (true, from.Own, from.MayBeZero);
            from.Drop();
        }
    }

    private void LifeOf(TaskView view)
    {
        switch (Next(8))
        {
            case < 5:
                if (_oracle.Tasks.Count < MostTasks)
                    Fork(view);
                break;
            case < 7:
                Exit(view);
                break;
            default:
                _kernel.Tasks.Exec(view.Task, "next");
                Say($"{view.Task.Pid}: exec");
                Array.Clear(view.Cells);
                break;
        }
    }

    private void Fork(TaskView view)
    {
        int result = _kernel.Tasks.Fork(view.Task, out TaskStruct? child);
        Say($"{view.Task.Pid}: fork: {result}");
        if (result < 0)
            return;
        TaskView copy = new(child!, _arena.Pages);
        for (int i = 0; i < _arena.Pages; i++)
        {
            Cell cell = view.Cells[i];
            VmFlags flags = view.Task.Mm!.Lookup(_arena.At(i))?.Flags ?? 0;
            bool inArea = cell.InArea;
            bool inRange = cell.InRange;
            if ((flags & (VmFlags.DontCopy | VmFlags.WipeOnFork)) != 0)
            {
                bool wiped = (flags & VmFlags.DontCopy) == 0;
                cell.Replace(mapped: wiped, wiped && cell.Droppable);
                (cell.InArea, cell.InRange) = (inArea && wiped, inRange);
            }

            copy.Cells[i] = cell;
            copy.Before[i] = cell;
        }

        _oracle.Tasks.Add(copy);
    }

    private void Exit(TaskView view)
    {
        Say($"{view.Task.Pid}: exit");
        _kernel.Tasks.Exit(view.Task, 0);
        _oracle.Tasks.Remove(view);
        foreach (TaskView parent in _oracle.Tasks)
        {
            while (_kernel.Tasks.Wait(parent.Task, out _) > 0)
            {
            }
        }

        if (_oracle.Tasks.Count == 0)
            NewTask();
    }

    private void Reclaim(TaskView view)
    {
        int kind = Next(10);
        (int page, int pages) = Stretch();
        int wanted = 1 + Next(Next(2) == 0 ? 8 : 40);
        switch (kind)
        {
            case < 3:
                string command = Next(4) switch { 0 => "file", 1 => "anon", 2 => "all", _ => $"0x{_arena.At(page):x} {Bytes(pages)}" };
                int written = _kernel.TaskReclaim.Write(view.Task, Encoding.ASCII.GetBytes(command));
                Say($"{view.Task.Pid}: reclaim {command}: {Text(written)}");
                _oracle.Compare();
                _oracle.NothingVolatileWasSwapped();
                break;
            case 3:
                Say($"kswapd: {_kernel.Vmscan.RunKswapd()}");
                break;
            case < 7:
                Say($"reclaim {wanted}: {_kernel.Vmscan.Reclaim(wanted, direct: Next(2) == 0)}");
                break;
            case 7:
                Say($"drop_caches: {_kernel.Vmscan.DropCaches()}");
                break;
            default:
                Discard(kind == 8 ? wanted : long.MaxValue);
                break;
        }
    }

    private void Discard(long wanted)
    {
        VrangeOwners owners = (VrangeOwners)(1 + Next(3));
        long before = _kernel.FreePages + _kernel.Pages.OwnPages + (_mountFile.Storage.LimitPages - _mountFile.Storage.UsedPages) - (_kernel.Swap?.UsedSlots ?? 0);
        long freed = _kernel.Ranges.Discard(wanted, owners, wait: true);
        long after = _kernel.FreePages + _kernel.Pages.OwnPages + (_mountFile.Storage.LimitPages - _mountFile.Storage.UsedPages) - (_kernel.Swap?.UsedSlots ?? 0);
        Say($"discard_vranges {wanted} of {owners}: {freed}");
        Oracle.Require(freed <= after - before, $"{freed} pages are said to be purged, {after - before} were freed");
        if (wanted != long.MaxValue || !owners.HasFlag(VrangeOwners.Tasks))
            return;
        _kernel.Vmscan.Reclaim(_kernel.TotalPages * 2, direct: false);
        _oracle.Compare();
        _oracle.NothingPurgeableIsLeft();
        _oracle.NothingPurgeableIsLeftInFiles();
    }

    private void FileCall()
    {
        int which = Next(3);
        int page = Next(FilePages);
        int pages = 1 + Next(FilePages - page);
        if (which == 2)
        {
            MountCall(page, pages);
            return;
        }

        FileState file = _oracle.Files[which];
        switch (Next(8))
        {
            case < 4 when page < file.Size:
                long number = ++_stamp;
                int written = ((ShmemFile)file.Cache!).Write((long)Bytes(page), Observation.PageOf(number));
                Say($"write {file.Name} {page} = {number}: {Text(written)}");
                if (written > 0)
                    file.Value[page] = number;
                break;
            case < 6:
                file.Cache!.Punch((ulong)page, (ulong)(page + pages - 1));
                Say($"punch {file.Name} {page} {pages}");
                Array.Clear(file.Value, page, pages);
                break;
            case 6:
                int size = Next(2) == 0 ? FilePages : page;
                ((ShmemFile)file.Cache!).Truncate((long)Bytes(size));
                Say($"truncate {file.Name} {size}");
                Truncated(file, size);
                break;
            case 7:
                Say($"write back {file.Name}: {file.Cache!.WriteBack(0, ulong.MaxValue)}");
                break;
        }
    }

    private void MountCall(int page, int pages)
    {
        _newsWait = Next(2) == 0;
        switch (Next(10))
        {
            case < 3 when page < _mount.Size:
                long number = ++_stamp;
                int written = _mountFile.Mapping.Write((long)Bytes(page), Observation.PageOf(number));
                Say($"write mount {page} = {number}: {Text(written)}");
                if (written > 0)
                    _mount.Value[page] = number;
                _newsWait = false;
                break;
            case 3:
                int punched = _mountFile.Mapping.PunchHole((long)Bytes(page), (long)Bytes(pages));
                Say($"punch mount {page} {pages}: {Text(punched)}");
                Array.Clear(_mount.Value, page, pages);
                break;
            case 4:
                int size = Next(2) == 0 ? FilePages : page;
                int cut = _mountFile.Mapping.Truncate((long)Bytes(size));
                Say($"truncate mount {size}: {Text(cut)}");
                Truncated(_mount, size);
                if (size == 0)
                    ForgetTombstones();
                break;
            case < 8:
                _newsWait = false;
                _mountFile.Mapping.Mark((ulong)page, (ulong)(page + pages - 1), (VrangeBehavior)Next(2));
                Say($"fvrange mount {page} {pages} mark");
                for (int i = page; i < page + pages; i++)
                    MarkFile(_mount, i, mark: true);
                break;
            default:
                _newsWait = false;
                UnmarkMount(page, pages);
                break;
        }
    }

    private void UnmarkMount(int page, int pages)
    {
        bool report = Next(4) > 0;
        bool done = _mountFile.Mapping.TryUnmark((ulong)page, (ulong)(page + pages - 1), report, out VrangeLoss loss);
        Say($"fvrange mount {page} {pages} unmark{(report ? "" : " by xattr")}: {loss.Purged}");
        Oracle.Require(done, "no purge is running");
        _oracle.Reported = loss.Purged;
        bool expected = false;
        for (int i = page; i < page + pages; i++)
        {
            bool lost = _mount.Unreported[i];
            bool tombstone = _mount.MayHaveTombstone[i];
            expected |= MarkFile(_mount, i, mark: false);
            if (!report)
                (_mount.Unreported[i], _mount.MayHaveTombstone[i]) = (lost, tombstone);
        }

        Oracle.Require(loss.Purged || !expected, "fvrange did not report a purge");
    }

    private void ForgetTombstones()
    {
        for (int i = 0; i < FilePages; i++)
        {
            if (!_mount.Marked[i])
                _mount.Unreported[i] = _mount.MayHaveTombstone[i] = false;
        }
    }

    // mm/truncate.c: what lies behind the end goes from private mappings too.
    private void Truncated(FileState file, int size)
    {
        if (size < file.Size)
        {
            foreach (TaskView view in _oracle.Tasks)
            {
                for (int i = 0; i < _arena.Pages; i++)
                {
                    if (view.Task.Mm!.Lookup(_arena.At(i)) is { } vma && _oracle.FileOf(vma) == file && vma.IndexOf(_arena.At(i)) >= (ulong)size)
                        view.Cells[i].Drop();
                }
            }
        }

        file.Resize(size);
    }
}
