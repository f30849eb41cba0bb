using System.Diagnostics.CodeAnalysis;
using KernelModel.Reclaim;
using KernelModel.Tasks;
using KernelModel.Vrange;

namespace KernelModel;

/// <summary>
/// A machine of the model as everybody outside sees it: the one way to its tasks, its memory and its reclaim. Every call
/// takes the model's lock, finds its task by pid and birth (-ESRCH when that one is gone), and comes back at once: what
/// has to wait says so, see <see cref="Answer"/>. From any thread, with no lock held but those that lie outside the
/// model's (docs/architecture.md).
/// </summary>
public sealed partial class Machine : IDisposable
{
    private static readonly Answer s_gone = Answer.Done(new SyscallResult(-Errno.ESRCH), null);

    // Its lock is the model's: everything below is guarded by it.
    private readonly Kernel _kernel;

    /// <summary>Boots a machine.</summary>
    /// <param name="options">Its size.</param>
    public Machine(KernelOptions options)
    {
        _kernel = new Kernel(options) { IsShared = true, FileLookup = OpenFile };
    }

    /// <summary>A call has left memory short: <see cref="RunKswapd"/> has something to do. Raised with no lock of the model held.</summary>
    public event Action? MemoryLow;

    /// <summary>
    /// Finds what a task names in mmap, with the task's own rights; null is -ENOENT. The model's lock is held: it may take
    /// locks of the tree and wait for nothing else. Set before the first call.
    /// </summary>
    public Func<Credentials, string, MappedFile?>? FileLookup { get; init; }

    /// <summary>Makes a task with an empty address space.</summary>
    /// <param name="program">Its name.</param>
    /// <param name="credentials">Who it is.</param>
    /// <param name="limits">Its limits.</param>
    /// <param name="pid">Its pid, or 0 for the next free one.</param>
    /// <param name="task">The task.</param>
    /// <returns>0, -EEXIST when the pid is taken, or -EAGAIN when the user has as many tasks as he may.</returns>
    public int Create(string program, Credentials credentials, Rlimits limits, int pid, out TaskId task)
    {
        lock (_kernel.SyncRoot)
        {
            int error = _kernel.Tasks.Create(program, credentials, limits, pid, out TaskStruct? made);
            task = made?.Id ?? default;
            return error;
        }
    }

    /// <summary>The task or zombie that has a pid now, and who it is. Waits for nothing.</summary>
    public bool TryFind(int pid, out TaskId task, [NotNullWhen(true)] out Credentials? credentials)
    {
        TaskStruct? found = _kernel.Tasks.Peek(pid);
        task = found?.Id ?? default;
        credentials = found?.Credentials;
        return found is not null;
    }

    /// <summary>The pids of tasks and zombies, ascending. Waits for nothing.</summary>
    public IReadOnlyList<int> Pids() => _kernel.Tasks.PeekPids();

    /// <summary>exit(2) for a task.</summary>
    /// <returns>0 or -ESRCH.</returns>
    public int Exit(TaskId id, int code)
    {
        lock (_kernel.SyncRoot)
        {
            if (Resolve(id) is not { } task)
                return -Errno.ESRCH;
            _kernel.Tasks.Exit(task, code);
            return 0;
        }
    }

    /// <summary>Makes a task call, by one line of text; see <see cref="CallTable"/>.</summary>
    /// <param name="id">The task.</param>
    /// <param name="line">The name of the call and its arguments.</param>
    /// <param name="record">The call, once it is done; null before, and for a task that is gone.</param>
    public Answer Syscall(TaskId id, string line, out SyscallRecord? record)
    {
        record = null;
        Answer answer;
        bool isLow;
        lock (_kernel.SyncRoot)
        {
            if (Begin(id) is not { } task)
                return s_gone;
            answer = Conclude(task, task.Syscall(line));
            if (answer.Outcome == Outcome.Done)
            {
                task.LastCall = record = new SyscallRecord(line, answer.Result, answer.Signal);

                // Whatever it did may have brought the page that another access of the task waits for.
                task.Faults.WakeResolved(task);
            }

            KillIfTold(task);
            isLow = _kernel.FreePages < _kernel.LowWatermark; // mm/page_alloc.c: wakeup_kswapd
        }

        if (isLow)
            MemoryLow?.Invoke();
        return answer;
    }

    /// <summary>As above, for who wants the answer alone.</summary>
    public Answer Syscall(TaskId id, string line) => Syscall(id, line, out _);

    /// <summary>The last call of a task that came to its end.</summary>
    /// <param name="id">The task.</param>
    /// <param name="record">The call, or null when it has made none.</param>
    /// <returns>0 or -ESRCH.</returns>
    public int LastCall(TaskId id, out SyscallRecord? record)
    {
        lock (_kernel.SyncRoot)
        {
            TaskStruct? task = Resolve(id);
            record = task?.LastCall;
            return task is null ? -Errno.ESRCH : 0;
        }
    }

    /// <summary>A load by a task itself: it faults.</summary>
    /// <returns>The bytes read, or -EFAULT with the signal.</returns>
    public Answer Load(TaskId id, ulong address, Span<byte> destination)
    {
        lock (_kernel.SyncRoot)
        {
            if (Begin(id) is not { } task)
                return s_gone;
            Answer answer = Conclude(task, new SyscallResult(task.Load(address, destination) ? destination.Length : -Errno.EFAULT));
            KillIfTold(task);
            return answer;
        }
    }

    /// <summary>A store by a task itself. What lies before a fault is stored, and stored again when it is made again.</summary>
    /// <returns>The bytes stored, or -EFAULT with the signal.</returns>
    public Answer Store(TaskId id, ulong address, ReadOnlySpan<byte> source)
    {
        lock (_kernel.SyncRoot)
        {
            if (Begin(id) is not { } task)
                return s_gone;
            Answer answer = Conclude(task, new SyscallResult(task.Store(address, source) ? source.Length : -Errno.EFAULT));
            KillIfTold(task);
            return answer;
        }
    }

    /// <summary>
    /// Has somebody told of the user faults of a task: its accesses to missing pages wait from now on (R61). Waits for nothing.
    /// </summary>
    /// <param name="id">The task. One that is gone has come to its end.</param>
    /// <param name="ready">
    /// There may be something to take, or the task has exited. Called under <see cref="FaultReader.Gate"/> and perhaps the model's
    /// lock.
    /// </param>
    public FaultReader OpenFaults(TaskId id, Action ready)
        => (_kernel.Tasks.Peek(id.Pid) is { } task && task.Id == id ? task.Faults : FaultQueue.Ended()).Open(ready);

    /// <summary>A write to the reclaim file of a task (R30 to R34).</summary>
    /// <returns>The length of the command, -EINVAL, or -ESRCH after the text was found valid.</returns>
    public int Reclaim(TaskId id, ReadOnlySpan<byte> command)
    {
        lock (_kernel.SyncRoot)
            return _kernel.TaskReclaim.Write(Resolve(id), command);
    }

    /// <summary>What the vrange file of a task lists (R40, R41).</summary>
    /// <returns>0 or -ESRCH.</returns>
    public int ListRanges(TaskId id, List<VrangeLine> into)
    {
        lock (_kernel.SyncRoot)
        {
            if (Resolve(id) is not { } task)
                return -Errno.ESRCH;
            if (task.Mm is { } mm)
                into.AddRange(mm.ListRanges());
            return 0;
        }
    }

    /// <summary>One run of kswapd: nothing when there is memory enough.</summary>
    /// <returns>Pages freed.</returns>
    public int RunKswapd()
    {
        lock (_kernel.SyncRoot)
            return _kernel.Vmscan.RunKswapd();
    }

    /// <summary>Pages that the machine itself needs for its tasks: areas, page tables and such, which are the daemon's objects.</summary>
    public int OwnPages
    {
        get
        {
            lock (_kernel.SyncRoot)
                return _kernel.Pages.OwnPages;
        }
    }

    /// <summary>The numbers of /proc/meminfo.</summary>
    public MemoryInfo GetMemoryInfo()
    {
        lock (_kernel.SyncRoot)
            return _kernel.GetMemoryInfo();
    }

    /// <summary>The counters of /proc/vmstat, by <see cref="VmStatItem"/>.</summary>
    public void ReadVmStat(Span<long> items)
    {
        lock (_kernel.SyncRoot)
            _kernel.Stat.CopyTo(items);
    }

    /// <summary>How every call is written, one a line.</summary>
    public static IEnumerable<string> CallTable => SyscallTable.Usage;

    /// <summary>Ends all tasks, which lets go of the files they map, and gives all memory back.</summary>
    public void Dispose()
    {
        lock (_kernel.SyncRoot)
        {
            foreach (TaskStruct task in _kernel.Tasks.All.ToArray())
                _kernel.Tasks.Exit(task, 0);
            _kernel.Dispose();
        }
    }

    private TaskStruct? Begin(TaskId id)
    {
        TaskStruct? task = Resolve(id);
        if (task is null)
            return null;
        task.FaultWait = null;
        task.RestartBlock = null;
        task.LastSignal = null;
        return task;
    }

    private static Answer Conclude(TaskStruct task, SyscallResult result)
        => task.FaultWait is { } fault ? Answer.ForFault(new FaultWait(task, fault))
            : result.Value == -SyscallResult.ERESTARTSYS ? Answer.ForPurge(task.RestartBlock!)
            : Answer.Done(result, task.LastSignal);

    // mm/oom_kill.c: the memory that could not be had is the task's own affair, and its end.
    private void KillIfTold(TaskStruct task)
    {
        if (task.LastSignal is { Number: Signal.SIGKILL })
            _kernel.Tasks.Exit(task, Signal.SIGKILL);
    }

    private TaskStruct? Resolve(TaskId id) => _kernel.Tasks.Find(id.Pid) is { } task && task.Id == id ? task : null;

    private Mm.VmFile? OpenFile(TaskStruct task, string name)
        => FileLookup?.Invoke(task.Credentials, name) is { } file && _kernel.Files.Open(file.Mapping, file.Inode) is { } cache
            ? new Mm.VmFile(cache, file.Name, file.Readable, file.Writable)
            : null;
}
