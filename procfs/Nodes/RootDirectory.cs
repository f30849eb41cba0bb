using System.Buffers.Text;

namespace ProcFs.Nodes;

/// <summary>
/// /proc itself: the fixed entries, then processes in ascending order, as the kernel lists them. Listed are those that use the
/// mount, and the caller; any other can be named: to look one up must not wait for what it is doing.
/// </summary>
internal sealed class RootDirectory(FixedDirectory fixedEntries, IHostTasks tasks, TaskEntries taskEntries) : ProcDirectory(ProcIds.Root, "proc")
{
    // Above every place of a fixed entry.
    private const ulong FirstPidPosition = 1 << 16;

    /// <inheritdoc/>
    public override ulong ParentId => ProcIds.Root;

    public IReadOnlyList<ProcNode> FixedEntries => fixedEntries.Entries;

    /// <inheritdoc/>
    public override ProcNode? Find(ReadOnlySpan<byte> name)
    {
        if (fixedEntries.Find(name) is ProcNode node)
            return node;

        // fs/proc/util.c: name_to_int: no sign, no leading zero.
        if (name.IsEmpty || name[0] is < (byte)'1' or > (byte)'9'
            || !Utf8Parser.TryParse(name, out int pid, out int used) || used != name.Length)
            return null;
        return taskEntries.Directory(pid);
    }

    /// <inheritdoc/>
    public override IEnumerable<(ulong Position, ProcNode Node)> List(ulong from, Caller caller)
    {
        foreach ((ulong Position, ProcNode Node) entry in fixedEntries.List(from, caller))
            yield return entry;

        // Tools need their own process in the tree.
        foreach (int pid in tasks.Users().Append(caller.ProcessId).Where(static pid => pid != 0).Distinct().Order())
        {
            ulong position = FirstPidPosition + (ulong)pid;
            if (position >= from && taskEntries.Directory(pid) is ProcNode directory)
                yield return (position, directory);
        }
    }
}
