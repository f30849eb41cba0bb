using ProcFs.Files;

namespace ProcFs.Nodes;

/// <summary>The one table of what every /proc/PID holds; it drives look-up, listing, attributes and open.</summary>
internal sealed class TaskEntries(IHostTasks tasks, IMountFiles files)
{
    private const uint S_IFREG = 0x8000;

    private readonly (string Name, uint Mode)[] _table =
    [
        ("", 0),
        ("vrange", S_IFREG | 0x124),
        ("reclaim", S_IFREG | 0x80),
    ];

    /// <summary>Entries of a process directory, the directory itself not counted.</summary>
    public int Count => _table.Length - 1;

    public ProcDirectory? Directory(int pid)
        => tasks.TryGetOwner(pid, out uint uid, out uint gid) ? new TaskDirectory(pid, this) { Uid = uid, Gid = gid } : null;

    /// <summary>Entry 1 to <see cref="Count"/>, or null when the process is gone.</summary>
    public ProcNode? Entry(int pid, int entry)
    {
        if (entry == 0)
            return Directory(pid);
        if (entry > Count || !tasks.TryGetOwner(pid, out uint uid, out uint gid))
            return null;

        ulong id = ProcIds.OfTask(pid, entry);
        (string name, uint mode) = _table[entry];
        return name switch
        {
            "vrange" => new TaskVrangeFile(id, name, mode, pid, tasks) { Uid = uid, Gid = gid },
            _ => new TaskReclaimFile(id, name, mode, pid, tasks, files) { Uid = uid, Gid = gid },
        };
    }

    private sealed class TaskDirectory(int pid, TaskEntries entries)
        : ProcDirectory(ProcIds.OfTask(pid, 0), pid.ToString(System.Globalization.CultureInfo.InvariantCulture))
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
