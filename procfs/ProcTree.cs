using KernelModel.Vrange;
using ProcFs.Files;
using ProcFs.Nodes;

namespace ProcFs;

/// <summary>
/// /proc: the table of the fixed entries and the way from a number to its node. One table drives look-up, listing,
/// attributes and open.
/// </summary>
public sealed class ProcTree
{
    private const uint S_IFREG = 0x8000;
    private const uint AllRead = S_IFREG | 0x124;       // 0444
    private const uint AllReadWrite = S_IFREG | 0x1B6;  // 0666: the file that is marked says who may
    private const uint OwnerWrites = S_IFREG | 0x1A4;   // 0644

    private readonly Dictionary<ulong, ProcNode> _fixed = [];
    private readonly TaskEntries _tasks;

    /// <summary>Makes the tree of one mount.</summary>
    public ProcTree(VrangeLru lru, MemoryNumbers memory, IMountFiles files, IHostTasks tasks)
    {
        _tasks = new TaskEntries(tasks, files);

        ulong id = ProcIds.Root;
        var vm = new FixedDirectory(++id, "vm", id + 1, [new DiscardVrangesFile(id + 2, "discard_vranges", OwnerWrites, lru)]);
        var sys = new FixedDirectory(++id, "sys", ProcIds.Root, [vm]);
        id++;
        Root = new RootDirectory(
            new FixedDirectory(
                ProcIds.Root,
                "proc",
                ProcIds.Root,
                [
                    new FvrangeFile(++id, "fvrange", AllReadWrite, files, tasks),
                    new MeminfoFile(++id, "meminfo", AllRead, memory),
                    new SelfLink(++id),
                    sys,
                    new VmstatFile(++id, "vmstat", AllRead, memory),
                    new VrangesFile(++id, "vranges", AllRead, lru, files),
                ]),
            tasks,
            _tasks);
        Register(Root);
    }

    /// <summary>/proc itself.</summary>
    public ProcDirectory Root { get; }

    /// <summary>The node of a number, or null when it belonged to a process that is gone.</summary>
    public ProcNode? Find(ulong id)
    {
        if (!ProcIds.IsTask(id))
            return _fixed.GetValueOrDefault(id);
        (int pid, int entry) = ProcIds.Split(id);
        return _tasks.Entry(pid, entry);
    }

    private void Register(ProcNode node)
    {
        _fixed.Add(node.Id, node);
        IEnumerable<ProcNode> children = node switch
        {
            RootDirectory root => root.FixedEntries,
            FixedDirectory directory => directory.Entries,
            _ => [],
        };
        foreach (ProcNode child in children)
            Register(child);
    }
}
