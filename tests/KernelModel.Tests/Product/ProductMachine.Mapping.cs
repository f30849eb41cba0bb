using KernelModel.Mm;

namespace KernelModel.Tests.Product;

internal sealed partial class ProductMachine
{
    private void Map(TaskView view)
    {
        (int page, int pages) = Stretch();
        Prot prot = Next(6) switch { 0 => Prot.Read, 1 => Prot.None, _ => Prot.Read | Prot.Write };
        MapFlags flags = MapFlags.Fixed | (Next(8) == 0 ? MapFlags.Populate : 0) | (Next(12) == 0 ? MapFlags.Locked : 0);
        VmFile? file = null;
        int offset = 0;
        bool droppable = false;
        switch (Next(16))
        {
            case < 7:
                flags |= MapFlags.Anonymous | MapFlags.Private;
                break;
            case < 9:
                flags |= MapFlags.Anonymous | MapFlags.Shared;
                break;
            case 9:
                flags = MapFlags.Fixed | MapFlags.Anonymous | MapFlags.Droppable;
                droppable = true;
                break;
            case 10:
                flags |= MapFlags.Anonymous | MapFlags.Private | MapFlags.Special;
                break;
            case 11:
                (page, pages) = (_arena.HeapFirst - 2, 2);
                flags = MapFlags.Fixed | MapFlags.Anonymous | MapFlags.Private | MapFlags.GrowsDown;
                break;
            default:
                file = Open(writable: Next(4) > 0);
                pages = Math.Min(pages, FilePages);
                offset = Next(FilePages - pages + 1);
                flags |= Next(2) == 0 ? MapFlags.Private : MapFlags.Shared;
                break;
        }

        long result = view.Task.Mm!.Mmap(_arena.At(page), Bytes(pages), prot, flags, file, Bytes(offset));
        Say($"{view.Task.Pid}: mmap {page} {pages} {prot} {flags} {file?.Name} +{offset} {(file?.Writable == false ? "ro" : "")}: {Text(result)}");
        if (file is not null)
            _kernel.Files.CloseIfUnmapped(file.Mapping);
        if (result < 0)
            return;
        for (int i = page; i < page + pages; i++)
            view.Cells[i].Replace(mapped: true, droppable);
        if (file is null && (flags & MapFlags.TypeMask) == MapFlags.Shared)
        {
            PageCache cache = view.Task.Mm.Lookup(_arena.At(page))!.File!.Mapping;
            _oracle.Files.Add(new FileState($"anon{cache.Inode}") { Cache = cache, Size = pages });
        }
    }

    private static string Text(long result) => result < 0 ? Errno.Name((int)-result) : $"0x{result:x}";

    private VmFile? Open(bool writable)
    {
        int which = Next(3);
        if (which == 2)
            _mount.Cache = _kernel.Files.Open(_mountFile.Mapping, 77);
        FileState file = which == 2 ? _mount : _oracle.Files[which];
        return new VmFile(file.Cache!, "/" + file.Name, Writable: writable);
    }

    private void Unmap(TaskView view)
    {
        (int page, int pages) = Stretch();
        int result = view.Task.Mm!.Munmap(_arena.At(page), Bytes(pages));
        Say($"{view.Task.Pid}: munmap {page} {pages}: {Text(result)}");
        if (result < 0)
            return;
        for (int i = page; i < page + pages; i++)
            view.Cells[i].Unmap();
    }

    private void Brk(TaskView view)
    {
        int pages = Next(Arena.WindowPages + 1);
        ulong end = MmStruct.HeapStart + Bytes(pages);
        ulong old = view.Task.Mm!.Break;
        ulong result = view.Task.Mm.Brk(end);
        Say($"{view.Task.Pid}: brk {pages}: {result == end}");

        // The heap gets shorter as by munmap, whatever lies there, and grows over what is free only.
        for (int page = _arena.HeapFirst; page < _arena.Pages; page++)
        {
            bool mapped = view.Task.Mm.Lookup(_arena.At(page)) is not null;
            ref Cell cell = ref view.Cells[page];
            if (result == end && _arena.At(page) >= end && _arena.At(page) < old)
                cell.Unmap();
            else if (!cell.Mapped && mapped)
                cell.Replace(mapped: true);
        }
    }

    private void Protect(TaskView view)
    {
        (int page, int pages) = Stretch();
        MmStruct mm = view.Task.Mm!;
        ulong start = _arena.At(page);
        ulong length = Bytes(pages);
        int kind = Next(12);
        long result = kind switch
        {
            < 5 => mm.Mprotect(start, length, Next(4) switch { 0 => Prot.None, 1 => Prot.Read, _ => Prot.Read | Prot.Write }),
            5 => mm.Mlock(start, length, onFault: Next(2) == 0),
            6 or 7 => mm.Munlock(start, length),
            8 => mm.Mpin(start, length),
            9 or 10 => mm.Munpin(start, length),
            _ => Next(2) == 0 ? mm.MlockAll(MlockAllFlags.Future) : mm.MunlockAll(),
        };
        string[] names = ["mprotect", "mprotect", "mprotect", "mprotect", "mprotect", "mlock", "munlock", "munlock", "mpin", "munpin", "munpin", "mlockall"];
        Say($"{view.Task.Pid}: {names[kind]} {page} {pages}: {Text(result)}");
    }

    private void Remap(TaskView view)
    {
        (int page, int old) = Stretch();
        int window = _arena.EndOfWindow(page);
        (int target, int most) = Stretch();
        int pages = Next(3) == 0 ? Math.Min(most, 1 + Next(6)) : Math.Min(most, old);
        if (Next(16) == 0)
            old = 0;
        MremapFlags flags = Next(5) switch
        {
            0 => MremapFlags.None,
            1 => MremapFlags.MayMove | MremapFlags.Fixed | MremapFlags.DontUnmap,
            _ => MremapFlags.MayMove | MremapFlags.Fixed,
        };
        if (flags == MremapFlags.None)
            pages = Math.Min(1 + Next(8), window - page);
        List<(VmArea Area, int First, int End)> areas = AreasIn(view, page, old);
        if (areas.Exists(part => part.Area.File is not null && part.Area.IndexOf(_arena.At(part.First)) > FileState.Most / 2))
            return;

        // As in the kernel DONTUNMAP leaves pages locked that no area stands for.
        if (areas.Exists(part => (part.Area.Flags & VmFlags.Locked) != 0))
            flags &= ~MremapFlags.DontUnmap;

        // With several areas a failure leaves what was moved before it, which nobody can tell with DONTUNMAP.
        if (areas.Count > 1)
            flags &= ~MremapFlags.DontUnmap;
        List<(int First, int End, bool Droppable)> pieces = [.. areas.Select(part => (part.First, part.End, view.Cells[part.First].Droppable))];
        bool droppable = view.Cells[page].Droppable;
        long result = view.Task.Mm!.Mremap(_arena.At(page), Bytes(old), Bytes(pages), flags, _arena.At(target));
        Say($"{view.Task.Pid}: mremap {page} {old} {pages} {flags} to {target}: {Text(result)}");
        if (flags == MremapFlags.None)
        {
            if (result >= 0)
                ResizeInPlace(view, page, old, pages, droppable);
        }
        else if (old != pages)
        {
            if (result >= 0)
                MoveOne(view, page, old, target, pages);
            else
                LoseTarget(view, target, pages);
        }
        else if ((flags & MremapFlags.DontUnmap) == 0 || result >= 0)
        {
            MoveAll(view, page, target, pieces, (flags & MremapFlags.DontUnmap) != 0);
        }
    }

    private void ResizeInPlace(TaskView view, int page, int old, int pages, bool droppable)
    {
        for (int i = page + pages; i < page + old; i++)
            view.Cells[i].Unmap();
        for (int i = page + old; i < page + pages; i++)
        {
            view.Cells[i].Replace(mapped: true, droppable);
            view.Cells[i].InArea = InArea(view, i);
        }
    }

    private bool InArea(TaskView view, int page) => (view.Task.Mm!.Lookup(_arena.At(page))!.Flags & VmFlags.Volatile) != 0;

    // A new mapping takes the place of what was at the target, then what is moved lands on it.
    private void MoveOne(TaskView view, int page, int old, int target, int pages)
    {
        bool droppable = view.Cells[page].Droppable;
        for (int i = page + pages; i < page + old; i++)
            view.Cells[i].Unmap();
        for (int i = 0; i < pages; i++)
        {
            view.Cells[target + i].Replace(mapped: true, droppable);
            if (i < old)
                Move(view, page + i, target + i, keepsSource: false);
            view.Cells[target + i].InArea = InArea(view, target + i);
        }
    }

    // A call that fails late has unmapped its target: a duplicate of what lay there is such a one.
    private void LoseTarget(TaskView view, int target, int pages)
    {
        bool unmapped = false;
        for (int i = target; i < target + pages; i++)
            unmapped |= view.Cells[i].Mapped && view.Task.Mm!.Lookup(_arena.At(i)) is null;
        for (int i = target; unmapped && i < target + pages; i++)
            view.Cells[i].Replace(mapped: false);
    }

    // Each area for itself, up to the one that fails. What is unmapped now was moved.
    private void MoveAll(TaskView view, int page, int target, List<(int First, int End, bool Droppable)> pieces, bool keepsSource)
    {
        foreach ((int first, int end, bool droppable) in pieces)
        {
            bool moved = keepsSource || view.Task.Mm!.Lookup(_arena.At(first)) is null;
            for (int i = first; i < end; i++)
            {
                int to = target + (i - page);
                bool mapped = view.Task.Mm!.Lookup(_arena.At(to)) is not null;
                if (moved || (view.Cells[to].Mapped && !mapped))
                    view.Cells[to].Replace(mapped, droppable);
                if (!moved)
                    continue;
                Move(view, i, to, keepsSource);
                view.Cells[to].InArea = InArea(view, to);
            }
        }
    }

    private static void Move(TaskView view, int from, int to, bool keepsSource)
    {
        ref Cell source = ref view.Cells[from];
        ref Cell target = ref view.Cells[to];
        (bool tombstone, bool unreported) = (target.MayHaveTombstone, target.Unreported);
        target = source;
        target.MayHaveTombstone |= tombstone;
        target.Unreported |= unreported;
        bool inArea = source.InArea && keepsSource;
        bool droppable = source.Droppable;
        source.Unmap();
        if (!keepsSource)
            return;
        source.Replace(mapped: true, droppable);
        source.InArea = inArea;
    }
}
