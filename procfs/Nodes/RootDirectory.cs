using KernelModel;

namespace ProcFs.Nodes;

/// <summary>
/// /proc itself: the fixed entries, then processes in ascending order, as the kernel lists them. Listed are those of the host that
/// use the mount, the caller, and the tasks of the model; any other process can be named: to look one up must not wait for what
/// it is doing.
/// </summary>
/// <param name="fixedEntries">What is of no process.</param>
/// <param name="tasks">The host's processes.</param>
/// <param name="machine">The model's.</param>
/// <param name="directoryOf">The directory of a pid, or null when it is nobody's.</param>
internal sealed class RootDirectory(
    MergedDirectory fixedEntries, IHostTasks tasks, Machine machine, Func<int, ProcDirectory?> directoryOf)
    : ProcDirectory(ProcIds.Root, "proc", EverybodyMakes)
{
    // 01777: tasks are made here, and ended by who has made them.
    private const uint EverybodyMakes = 0x3FF;

    // Above every place of another entry.
    private const ulong FirstPidPosition = 1 << 20;

    /// <inheritdoc/>
    public override ulong ParentId => ProcIds.Root;

    public IReadOnlyList<ProcNode> FixedEntries => fixedEntries.Entries;

    /// <inheritdoc/>
    public override ProcNode? Find(ReadOnlySpan<byte> name)
        => ProcTree.TryReadPid(name, out int pid) ? directoryOf(pid) : fixedEntries.Find(name);

    /// <inheritdoc/>
    public override IEnumerable<(ulong Position, ProcNode Node)> List(ulong from, Caller caller)
    {
        if (from < FirstPidPosition)
        {
            foreach ((ulong Position, ProcNode Node) entry in fixedEntries.List(from, caller))
                yield return entry;
        }

        // Tools need their own process in the tree.
        IEnumerable<int> host = tasks.Users().Append(caller.ProcessId).Where(static pid => pid != 0).Distinct().Order();
        foreach (int pid in host.Concat(machine.Pids()))
        {
            ulong position = FirstPidPosition + (ulong)pid;
            if (position >= from && directoryOf(pid) is ProcDirectory directory)
                yield return (position, directory);
        }
    }
}
