namespace ProcFs.Nodes;

/// <summary>
/// The numbers of nodes. A fixed node has a small one, one of the host's names its place among those, and a node of a process says
/// which process and which place in its tables, so nothing has to be remembered for it.
/// </summary>
public static class ProcIds
{
    private const ulong TaskBit = 1UL << 60;
    private const ulong HostBit = 1UL << 59;

    // Of a node of a process: the pid, whether it is of the thread of that number, the entry, its table.
    private const int ThreadAt = 31;
    private const int EntryAt = 32;
    private const int TableAt = 54;

    /// <summary>The directory itself.</summary>
    public const ulong Root = 1;

    /// <summary>The first pid of a task of the model: above every pid that a host can have (linux/threads.h: PID_MAX_LIMIT).</summary>
    public const int FirstModelPid = (4 << 20) + 1;

    /// <summary>The last entry that a table can have.</summary>
    public const int LastEntry = (1 << (TableAt - EntryAt)) - 1;

    /// <summary>Whether a number belongs to a node of a process.</summary>
    public static bool IsTask(ulong id) => (id & TaskBit) != 0;

    /// <summary>Whether a number belongs to one of the host's names.</summary>
    public static bool IsHost(ulong id) => (id & (TaskBit | HostBit)) == HostBit;

    /// <summary>The number of a node of a process; entry 0 is its directory.</summary>
    public static ulong OfTask(int pid, int entry) => OfTask(new TaskPlace(pid, false, TaskTable.Names, entry));

    /// <summary>The number of a node of a thread; entry 0 is its directory.</summary>
    public static ulong OfThread(int thread, int entry) => OfTask(new TaskPlace(thread, true, TaskTable.Names, entry));

    /// <summary>The number of a place.</summary>
    public static ulong OfTask(TaskPlace place)
        => TaskBit | (uint)place.Pid | (place.IsThread ? 1UL << ThreadAt : 0) | ((ulong)place.Entry << EntryAt) | ((ulong)place.Table << TableAt);

    /// <summary>The place of a number.</summary>
    public static TaskPlace PlaceOf(ulong id)
        => new(
            (int)(id & int.MaxValue),
            (id & (1UL << ThreadAt)) != 0,
            (TaskTable)((id & ~(TaskBit | HostBit)) >> TableAt),
            (int)(id >> EntryAt) & LastEntry);

    /// <summary>The number of one of the host's names.</summary>
    public static ulong OfHost(int number) => HostBit | (uint)number;

    /// <summary>Which of the host's names a number belongs to.</summary>
    public static int HostNumberOf(ulong id) => (int)(id & ~HostBit);
}

/// <summary>Where a node of a process stands.</summary>
/// <param name="Pid">The process, or the thread.</param>
/// <param name="IsThread">Whether it is in the directory of a thread.</param>
/// <param name="Table">The table it is an entry of.</param>
/// <param name="Entry">Which one.</param>
public readonly record struct TaskPlace(int Pid, bool IsThread, TaskTable Table, int Entry);

/// <summary>The tables of a process.</summary>
public enum TaskTable
{
    /// <summary>Its directory and what has a name there.</summary>
    Names,

    /// <summary>Its <c>fd</c>, by number.</summary>
    Descriptors,

    /// <summary>Its <c>fdinfo</c>, by number.</summary>
    DescriptorInfos,
}
