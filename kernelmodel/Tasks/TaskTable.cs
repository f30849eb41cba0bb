using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using KernelModel.Mm;

namespace KernelModel.Tasks;

/// <summary>All tasks by pid, and their birth and death (linux: kernel/fork.c, kernel/exit.c). Guarded by the model's lock.</summary>
internal sealed class TaskTable
{
    private readonly Kernel _kernel;
    private readonly SortedDictionary<int, TaskStruct> _tasks = [];
    private readonly ConcurrentDictionary<int, TaskStruct> _index = []; // the same, read without the model's lock
    private readonly Dictionary<uint, int> _ofUser = []; // tasks and zombies of each
    private int _nextPid;
    private long _births;

    internal TaskTable(Kernel kernel, int firstPid)
    {
        _kernel = kernel;
        _nextPid = firstPid;
    }

    /// <summary>Tasks and zombies, ascending by pid.</summary>
    public IEnumerable<TaskStruct> All => _tasks.Values;

    /// <summary>Tasks and zombies.</summary>
    public int Count => _tasks.Count;

    /// <summary>Finds a task.</summary>
    public TaskStruct? Find(int pid) => _tasks.GetValueOrDefault(pid);

    /// <summary>As <see cref="Find"/>, for who may not wait for the model's lock; what is found may be gone a moment later.</summary>
    public TaskStruct? Peek(int pid) => _index.GetValueOrDefault(pid);

    /// <summary>The pids of tasks and zombies, ascending. Without the model's lock.</summary>
    public int[] PeekPids()
    {
        int[] pids = [.. _index.Keys];
        Array.Sort(pids);
        return pids;
    }

    /// <summary>Makes a task with an empty address space and no parent.</summary>
    /// <param name="comm">Its name.</param>
    /// <param name="credentials">Who it is, or null for root.</param>
    /// <param name="pid">Its pid, or 0 for the next free one.</param>
    /// <returns>The task, or null when the pid is taken.</returns>
    public TaskStruct? Create(string comm, Credentials? credentials = null, int pid = 0)
        => Create(comm, credentials ?? Credentials.Root, Rlimits.Default, pid, out TaskStruct? task) == 0 ? task : null;

    /// <summary>As above, with limits.</summary>
    /// <returns>0, -EEXIST when the pid is taken, or -EAGAIN when the user has as many tasks as he may.</returns>
    public int Create(string comm, Credentials credentials, Rlimits limits, int pid, out TaskStruct? task)
    {
        _kernel.AssertLocked();
        task = null;
        if (pid != 0 && _tasks.ContainsKey(pid))
            return -Errno.EEXIST;
        if (!MayHaveMore(credentials, limits))
            return -Errno.EAGAIN;
        task = new TaskStruct(_kernel, new TaskId(pid != 0 ? pid : NextPid(), _births++), null, comm, credentials, limits);
        task.Mm = new MmStruct(_kernel, task);
        Enter(task);
        return 0;
    }

    /// <summary>fork(2).</summary>
    /// <param name="parent">The caller.</param>
    /// <param name="child">The child, or null.</param>
    /// <returns>The child's pid, or -EAGAIN, -ENOMEM with nothing changed.</returns>
    public int Fork(TaskStruct parent, out TaskStruct? child)
    {
        child = null;
        if (!MayHaveMore(parent.Credentials, parent.Limits))
            return -Errno.EAGAIN;
        child = new TaskStruct(_kernel, new TaskId(NextPid(), _births++), parent, parent.Comm, parent.Credentials, parent.Limits);
        int result = parent.Mm!.Duplicate(child, out MmStruct? mm);
        if (result < 0)
        {
            child = null;
            return result;
        }

        child.Mm = mm;
        child.SigbusHandler = parent.SigbusHandler;
        Enter(child);
        parent.ChildList.Add(child);
        return child.Pid;
    }

    /// <summary>execve(2): a new, empty address space; locks, pins, marks and mappings are gone (R22, R53).</summary>
    /// <param name="task">The caller.</param>
    /// <param name="comm">The name of the new program.</param>
    public void Exec(TaskStruct task, string comm)
    {
        task.Mm!.Exit();
        task.Mm = new MmStruct(_kernel, task);
        task.Comm = comm;
        task.SigbusHandler = null;
    }

    /// <summary>exit(2): the address space goes, the zombie waits for its parent; children become nobody's.</summary>
    /// <param name="task">The caller.</param>
    /// <param name="code">Its exit code.</param>
    public void Exit(TaskStruct task, int code)
    {
        _kernel.AssertLocked();
        if (task.State != TaskState.Running)
            return;
        task.Mm?.Exit();
        task.Mm = null;
        task.ExitCode = code;
        task.State = TaskState.Zombie;
        task.Faults.End();
        foreach (TaskStruct child in task.ChildList.ToArray())
        {
            child.Parent = null;
            if (child.State == TaskState.Zombie)
                Reap(child);
        }

        task.ChildList.Clear();
        if (task.Parent is null)
            Reap(task);
    }

    /// <summary>wait(2) without blocking: collects the oldest zombie child.</summary>
    /// <param name="parent">The caller.</param>
    /// <param name="status">The exit code of the child.</param>
    /// <returns>Its pid, 0 when all children live, or -ECHILD.</returns>
    public int Wait(TaskStruct parent, out int status)
    {
        status = 0;
        if (parent.ChildList.Count == 0)
            return -Errno.ECHILD;
        TaskStruct? zombie = parent.ChildList.Find(child => child.State == TaskState.Zombie);
        if (zombie is null)
            return 0;
        status = zombie.ExitCode;
        parent.ChildList.Remove(zombie);
        Reap(zombie);
        return zombie.Pid;
    }

    private void Reap(TaskStruct task)
    {
        task.State = TaskState.Dead;
        _tasks.Remove(task.Pid);
        _index.TryRemove(task.Pid, out _);
        if (--CollectionsMarshal.GetValueRefOrNullRef(_ofUser, task.CountedFor) == 0)
            _ofUser.Remove(task.CountedFor);
    }

    // kernel/fork.c: copy_process: root and who may exceed limits are not held to theirs.
    private bool MayHaveMore(Credentials credentials, Rlimits limits)
        => credentials.Uid == 0 || credentials.Has(Capability.SysResource) || credentials.Has(Capability.SysAdmin)
            || (ulong)_ofUser.GetValueOrDefault(credentials.Uid) < limits.Tasks;

    private void Enter(TaskStruct task)
    {
        _tasks.Add(task.Pid, task);
        _index[task.Pid] = task;
        task.CountedFor = task.Credentials.Uid;
        CollectionsMarshal.GetValueRefOrAddDefault(_ofUser, task.CountedFor, out _)++;
    }

    private int NextPid()
    {
        while (_tasks.ContainsKey(_nextPid))
            _nextPid++;
        return _nextPid++;
    }
}
