using KernelModel.Mm;

namespace KernelModel.Tasks;

/// <summary>A task, which is a process of one thread (linux: struct task_struct). Guarded by the model's lock.</summary>
internal sealed partial class TaskStruct
{
    internal TaskStruct(Kernel kernel, TaskId id, TaskStruct? parent, string comm, Credentials credentials, Rlimits limits)
    {
        Kernel = kernel;
        Id = id;
        Parent = parent;
        Comm = comm;
        Credentials = credentials;
        Limits = limits;
    }

    /// <summary>The machine it runs on.</summary>
    public Kernel Kernel { get; }

    /// <summary>Its pid and its birth.</summary>
    public TaskId Id { get; }

    /// <summary>Its pid.</summary>
    public int Pid => Id.Pid;

    /// <summary>Its parent, or null for a task that nobody waits for.</summary>
    public TaskStruct? Parent { get; internal set; }

    /// <summary>Its children, in the order of their birth, zombies included.</summary>
    public IReadOnlyList<TaskStruct> Children => ChildList;

    /// <summary>comm.</summary>
    public string Comm { get; set; }

    /// <summary>Who it is.</summary>
    public Credentials Credentials { get; set; }

    /// <summary>Its limits.</summary>
    public Rlimits Limits { get; set; }

    /// <summary>Its address space; null for a zombie.</summary>
    public MmStruct? Mm { get; internal set; }

    /// <summary>Where it is in its life.</summary>
    public TaskState State { get; internal set; }

    /// <summary>The code it exited with.</summary>
    public int ExitCode { get; internal set; }

    /// <summary>Minor faults it took.</summary>
    public long MinorFaults { get; internal set; }

    /// <summary>Major faults it took.</summary>
    public long MajorFaults { get; internal set; }

    /// <summary>The signal it was sent last, or null; through <see cref="Machine"/>: by the last call.</summary>
    public Signal? LastSignal { get; internal set; }

    /// <summary>
    /// Called on a fault that ends in SIGBUS, before the signal is recorded: its handler. When it answers true the fault
    /// is tried again (R61: the task waits inside its call, and calls on it are its handler's).
    /// </summary>
    public Func<TaskStruct, Signal, bool>? SigbusHandler { get; set; }

    /// <summary>Its accesses that wait for a page (R61).</summary>
    internal FaultQueue Faults { get; } = new();

    /// <summary>The access that the last call waits with, or null.</summary>
    internal UserFault? FaultWait { get; set; }

    /// <summary>What the last call waits for that ended with -ERESTARTSYS.</summary>
    internal PurgeWait? RestartBlock { get; set; }

    /// <summary>Whose tasks it is one of (linux: the ucounts of its credentials).</summary>
    internal uint CountedFor { get; set; }

    /// <summary>The last call that came to its end, or null.</summary>
    internal SyscallRecord? LastCall { get; set; }

    /// <summary>Makes the task call; see <see cref="SyscallTable.Call"/>.</summary>
    public SyscallResult Syscall(string line) => SyscallTable.Call(this, line);

    internal List<TaskStruct> ChildList { get; } = [];
}
