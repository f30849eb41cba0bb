using KernelModel.Mm;
using KernelModel.Views;

namespace KernelModel;

/// <summary>
/// What /proc/PID shows of a task. All of it is copied under the model's lock, a bounded part at a time, and rendered by the
/// caller: what goes on meanwhile shows between two parts, as it does in the kernel between two calls of m_next.
/// </summary>
public sealed partial class Machine
{
    // What one hold of the lock looks at: so many areas or, where their pages are counted, so many pages; one area at least.
    private const int AreasAtOnce = 64;
    private const ulong PagesAtOnce = 1 << 14;

    /// <summary>Whether a task has an address space: a zombie has none. Waits for nothing.</summary>
    public bool HasMemory(TaskId id) => _kernel.Tasks.Peek(id.Pid) is { Mm: not null } task && task.Id == id;

    /// <summary>A task as its status, stat and such show it.</summary>
    /// <param name="id">The task.</param>
    /// <param name="view">How it is.</param>
    /// <returns>0 or -ESRCH.</returns>
    public int ReadTask(TaskId id, out TaskView? view)
    {
        view = null;
        lock (_kernel.SyncRoot)
        {
            if (Resolve(id) is not { } task)
                return -Errno.ESRCH;
            view = new TaskView
            {
                Pid = task.Pid,
                ParentPid = task.Parent?.Pid ?? 0,
                Program = task.Program,
                Credentials = task.Credentials,
                Limits = task.Limits,
                Memory = task.Mm?.GetView(),
                StartTime = task.StartTime,
                MinorFaults = task.MinorFaults,
                MajorFaults = task.MajorFaults,
                ExitCode = task.ExitCode,
                OomScoreAdjust = task.OomScoreAdjust,
                MachinePages = _kernel.TotalPages + (_kernel.Swap?.TotalSlots ?? 0),
            };
            return 0;
        }
    }

    /// <summary>The next VMAs of a task, ascending.</summary>
    /// <param name="id">The task.</param>
    /// <param name="withUsage">Whether to count their pages.</param>
    /// <param name="from">Where to go on, 0 at first; afterwards the end of the last one.</param>
    /// <param name="into">Where they are added.</param>
    /// <returns>How many: 0 at the end, and for a task without memory; or -ESRCH.</returns>
    public int ReadAreas(TaskId id, bool withUsage, ref ulong from, List<AreaView> into)
    {
        lock (_kernel.SyncRoot)
        {
            if (Resolve(id) is not { } task)
                return -Errno.ESRCH;
            int areas = 0;
            ulong pages = 0;
            for (VmArea? vma = task.Mm?.Find(from); vma is not null; vma = task.Mm!.Find(from))
            {
                into.Add(task.Mm!.ViewOf(vma, withUsage));
                from = vma.End;
                areas++;
                pages += withUsage ? vma.Pages : 0;
                if (areas == AreasAtOnce || pages >= PagesAtOnce)
                    break;
            }

            return areas;
        }
    }

    /// <summary>What pagemap shows of pages.</summary>
    /// <param name="id">The task.</param>
    /// <param name="address">The first page.</param>
    /// <param name="into">The pages; few enough for one hold of the lock.</param>
    /// <returns>How many of them the address space has: 0 behind its end, for a task without memory and for one that is gone.</returns>
    public int ReadPages(TaskId id, ulong address, Span<PageView> into)
    {
        lock (_kernel.SyncRoot)
        {
            if (Resolve(id)?.Mm is not { } mm || address >= MmStruct.TaskSize)
                return 0;
            int count = (int)Math.Min((ulong)into.Length, (MmStruct.TaskSize - address) >> Mapping.PageSize.Shift);
            mm.ReadPages(address, into[..count]);
            return count;
        }
    }

    /// <summary>A write to the clear_refs file of a task.</summary>
    /// <returns>0 or -ESRCH; a task without memory has nothing to clear.</returns>
    public int ClearReferences(TaskId id, ReferenceKind kind)
    {
        ulong from = 0;
        while (true)
        {
            lock (_kernel.SyncRoot)
            {
                if (Resolve(id) is not { } task)
                    return from == 0 ? -Errno.ESRCH : 0;
                if (kind == ReferenceKind.PeakRss)
                    task.Mm?.ResetPeakRss();
                if (kind > ReferenceKind.Mapped || task.Mm?.Find(from) is not { } vma)
                    return 0;
                if (kind == ReferenceKind.All || kind == ReferenceKind.Mapped == vma.File is not null)
                    task.Mm.ClearReferences(vma);
                from = vma.End;
            }
        }
    }

    /// <summary>Sets oom_score_adj (fs/proc/base.c: __set_oom_adj).</summary>
    /// <param name="id">The task.</param>
    /// <param name="value">From -1000 to 1000.</param>
    /// <param name="isPrivileged">Whether who sets it has CAP_SYS_RESOURCE, and may lower it further than such a one did.</param>
    /// <returns>0, -EACCES or -ESRCH.</returns>
    public int SetOomScoreAdjust(TaskId id, int value, bool isPrivileged)
    {
        lock (_kernel.SyncRoot)
        {
            if (Resolve(id) is not { } task)
                return -Errno.ESRCH;
            if (value < task.OomScoreAdjustMin && !isPrivileged)
                return -Errno.EACCES;
            task.OomScoreAdjust = value;
            if (isPrivileged)
                task.OomScoreAdjustMin = value;
            return 0;
        }
    }
}
