using System.Globalization;
using System.Text;

namespace ProcFs.Nodes;

/// <summary>A name in the directory of a task: a row of its table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Mode">Type and permissions.</param>
/// <param name="Make">Makes the node of a task, by its number and pid.</param>
internal sealed record TaskFile(string Name, uint Mode, Func<TaskFile, ulong, int, ProcNode> Make);

/// <summary>The owner of a live task; waits for nothing.</summary>
internal delegate bool TryGetOwner(int pid, out uint uid, out uint gid);

/// <summary>
/// What the directory of every task of the model holds, and that of its one thread, by one table; it drives look-up, listing,
/// attributes and open.
/// </summary>
internal sealed class TaskEntries(TryGetOwner tryGetOwner, IReadOnlyList<TaskFile> table)
{
    private static ReadOnlySpan<byte> ThreadsName => "task"u8;

    private int Count => table.Count;

    public ProcDirectory? Directory(int pid) => Find(ProcIds.OfTask(pid, 0)) as ProcDirectory;

    /// <summary>The node of a number: entry 0 is the directory, from 1 on come the rows; null when the task is gone.</summary>
    public ProcNode? Find(ulong id)
    {
        TaskPlace place = ProcIds.PlaceOf(id);
        if (place.Table != TaskTable.Names || place.Entry > table.Count || !tryGetOwner(place.Pid, out uint uid, out uint gid))
            return null;
        TaskFile? row = place.Entry == 0 ? null : table[place.Entry - 1];
        if (place.IsThread && row is not null && Ascii.Equals(ThreadsName, row.Name))
            return null;
        ProcNode node = row is null ? new TaskDirectory(id, place, this) : row.Make(row, id, place.Pid);
        (node.Uid, node.Gid) = (uid, gid);
        return node;
    }

    /// <summary>The directory of the threads, which is a row too.</summary>
    public ProcDirectory Threads(TaskFile row, ulong id, int pid) => new ThreadsDirectory(row, id, pid, this);

    private sealed class TaskDirectory(ulong id, TaskPlace place, TaskEntries entries)
        : ProcDirectory(id, place.Pid.ToString(CultureInfo.InvariantCulture))
    {
        /// <inheritdoc/>
        public override ulong ParentId
            => place.IsThread ? ProcIds.OfTask(place.Pid, entries.EntryOf(ThreadsName)) : ProcIds.Root;

        /// <inheritdoc/>
        public override bool NeverHas(ReadOnlySpan<byte> name) => entries.EntryOf(name) == 0;

        /// <inheritdoc/>
        public override ProcNode? Find(ReadOnlySpan<byte> name)
            => entries.EntryOf(name) is int entry and > 0 ? entries.Find(IdOf(entry)) : null;

        /// <inheritdoc/>
        public override IEnumerable<(ulong Position, ProcNode Node)> List(ulong from, Caller caller)
        {
            for (ulong i = from; i < (ulong)entries.Count; i++)
            {
                if (entries.Find(IdOf((int)i + 1)) is ProcNode node)
                    yield return (i, node);
            }
        }

        private ulong IdOf(int entry) => ProcIds.OfTask(place with { Entry = entry });
    }

    private sealed class ThreadsDirectory(TaskFile row, ulong id, int pid, TaskEntries entries)
        : ProcDirectory(id, row.Name, row.Mode & 0xFFF)
    {
        /// <inheritdoc/>
        public override ulong ParentId => ProcIds.OfTask(pid, 0);

        /// <inheritdoc/>
        public override ProcNode? Find(ReadOnlySpan<byte> name)
            => ProcTree.TryReadPid(name, out int thread) && thread == pid ? entries.Find(ProcIds.OfThread(pid, 0)) : null;

        /// <inheritdoc/>
        public override IEnumerable<(ulong Position, ProcNode Node)> List(ulong from, Caller caller)
        {
            if (from == 0 && entries.Find(ProcIds.OfThread(pid, 0)) is ProcNode thread)
                yield return (0, thread);
        }
    }

    // From 1 on; 0 when there is none of that name.
    private int EntryOf(ReadOnlySpan<byte> name)
    {
        for (int i = 1; i <= table.Count; i++)
        {
            if (Ascii.Equals(name, table[i - 1].Name))
                return i;
        }

        return 0;
    }
}
