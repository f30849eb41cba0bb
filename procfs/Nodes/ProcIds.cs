namespace ProcFs.Nodes;

/// <summary>
/// The numbers of nodes. A fixed node has a small one. A node of a process has the pid and the place in the table of
/// such nodes, so nothing has to be remembered for it.
/// </summary>
public static class ProcIds
{
    private const ulong TaskBit = 1UL << 60;
    private const int EntryBits = 8;

    /// <summary>The directory itself.</summary>
    public const ulong Root = 1;

    /// <summary>The first pid of a task of the model: above every pid that a host can have (linux/threads.h: PID_MAX_LIMIT).</summary>
    public const int FirstModelPid = (4 << 20) + 1;

    /// <summary>Whether a number belongs to a node of a process.</summary>
    public static bool IsTask(ulong id) => (id & TaskBit) != 0;

    /// <summary>The number of a node of a process; entry 0 is its directory.</summary>
    public static ulong OfTask(int pid, int entry) => TaskBit | ((ulong)pid << EntryBits) | (uint)entry;

    /// <summary>The process and the entry of a number.</summary>
    public static (int Pid, int Entry) Split(ulong id) => ((int)((id & ~TaskBit) >> EntryBits), (int)(id & ((1 << EntryBits) - 1)));
}
