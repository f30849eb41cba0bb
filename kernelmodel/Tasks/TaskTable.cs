using KernelModel.Mm;

namespace KernelModel.Tasks;

/// <summary>All tasks by pid, and their birth and death (linux: kernel/fork.c, kernel/exit.c). Guarded by the model's lock.</summary>
internal sealed class TaskTable
{
    private readonly Kernel _kernel;
    private readonly SortedDictionary<int, TaskStruct> _tasks = [];
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

    /// <summary>Makes a task with an empty address space and no parent.</summary>
    /// <param name="comm">Its name.</param>
    /// <param name="credentials">Who it is, or null for root.</param>
    /// <param name="pid">Its pid, or 0 for the next free one.</param>
    /// <returns>The task, or null when the pid is taken.</returns>
    public TaskStruct? Create(string comm, Credentials? credentials = null, int pid = 0)
    {
        _kernel.AssertLocked();
        if (pid != 0 && _tasks.ContainsKey(pid))
            return null;
        TaskStruct task = new(_kernel, new TaskId(pid != 0 ? pid : NextPid(), _births++), null, comm, credentials ?? Credentials.Root, Rlimits.Default);
        task.Mm = new MmStruct(_kernel, task);
        _tasks.Add(task.Pid, task);
        return task;
    }

    /// <summary>fork(2).</summary>
    /// <param name="parent">The caller.</param>
    /// <param name="child">The child, or null.</param>
    /// <returns>The child's pid, or -ENOMEM with nothing changed.</returns>
    public int Fork(TaskStruct parent, out TaskStruct? child)
    {
        child = new TaskStruct(_kernel, new TaskId(NextPid(), _births++), parent, parent.Comm, parent.Credentials, parent.Limits);
        int result = parent.Mm!.Duplicate(child, out MmStruct? mm);
        if (result < 0)
        {
            child = null;
            return result;
        }

        child.Mm = mm;
        child.SigbusHandler = parent.SigbusHandler;
        _tasks.Add(child.Pid, child);
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
    }

    private int NextPid()
    {
        while (_tasks.ContainsKey(_nextPid))
            _nextPid++;
        return _nextPid++;
    }
}
