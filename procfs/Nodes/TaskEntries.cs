using System.Globalization;

namespace ProcFs.Nodes;

/// <summary>A file of a process's directory: a row of its table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Mode">Type and permissions.</param>
/// <param name="Make">Makes the node of a process, by its number and pid.</param>
internal sealed record TaskFile(string Name, uint Mode, Func<TaskFile, ulong, int, ProcFile> Make);

/// <summary>The owner of a live process; waits for nothing.</summary>
internal delegate bool TryGetOwner(int pid, out uint uid, out uint gid);

/// <summary>What every /proc/PID of one kind holds, by one table; it drives look-up, listing, attributes and open.</summary>
internal sealed class TaskEntries(TryGetOwner tryGetOwner, IReadOnlyList<TaskFile> table)
{
    private int Count => table.Count;

    public ProcDirectory? Directory(int pid)
        => tryGetOwner(pid, out uint uid, out uint gid) ? new TaskDirectory(pid, this) { Uid = uid, Gid = gid } : null;

    /// <summary>The node of an entry, 0 for the directory and from 1 on its files; null when the process is gone.</summary>
    public ProcNode? Entry(int pid, int entry)
    {
        if (entry == 0)
            return Directory(pid);
        if (entry > table.Count || !tryGetOwner(pid, out uint uid, out uint gid))
            return null;
        TaskFile row = table[entry - 1];
        ProcFile file = row.Make(row, ProcIds.OfTask(pid, entry), pid);
        (file.Uid, file.Gid) = (uid, gid);
        return file;
    }

    private sealed class TaskDirectory(int pid, TaskEntries entries)
        : ProcDirectory(ProcIds.OfTask(pid, 0), pid.ToString(CultureInfo.InvariantCulture))
    {
        /// <inheritdoc/>
        public override ulong ParentId => ProcIds.Root;

        /// <inheritdoc/>
        public override ProcNode? Find(ReadOnlySpan<byte> name)
        {
            for (int i = 1; i <= entries.Count; i++)
            {
                if (entries.Entry(pid, i) is ProcNode node && name.SequenceEqual(node.Name))
                    return node;
            }

            return null;
        }

        /// <inheritdoc/>
        public override IEnumerable<(ulong Position, ProcNode Node)> List(ulong from, Caller caller)
        {
            for (ulong i = from; i < (ulong)entries.Count; i++)
            {
                if (entries.Entry(pid, (int)i + 1) is ProcNode node)
                    yield return (i, node);
            }
        }
    }
}
