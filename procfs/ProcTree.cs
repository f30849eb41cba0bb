using System.Buffers.Text;
using KernelModel;
using KernelModel.Tasks;
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
    private const uint OwnerOnly = S_IFREG | 0x180;     // 0600
    private const uint OwnerCommands = S_IFREG | 0x80;  // 0200

    private readonly Dictionary<ulong, ProcNode> _fixed = [];
    private readonly Machine _machine;
    private readonly TaskEntries _hostTasks;
    private readonly TaskEntries _modelTasks;

    /// <summary>Makes the tree of one mount.</summary>
    public ProcTree(VrangeLru lru, MemoryNumbers memory, IMountFiles files, IHostTasks tasks, Machine machine)
    {
        _machine = machine;
        _hostTasks = new TaskEntries(
            tasks.TryGetOwner,
            [
                new("vrange", AllRead, (row, id, pid) => new TaskVrangeFile(id, row.Name, row.Mode, pid, tasks)),
                new("reclaim", OwnerCommands, (row, id, pid) => new TaskReclaimFile(id, row.Name, row.Mode, pid, tasks, files)),
            ]);
        _modelTasks = new TaskEntries(
            TryGetModelOwner,
            [
                new("vrange", AllRead, (row, id, pid) => new ModelVrangeFile(id, row.Name, row.Mode, pid, machine)),
                new("reclaim", OwnerCommands, (row, id, pid) => new ModelReclaimFile(id, row.Name, row.Mode, pid, machine)),
                new("syscall", OwnerOnly, (row, id, pid) => new SyscallFile(id, row.Name, row.Mode, pid, machine)),
                new("userfault", OwnerOnly, (row, id, pid) => new UserfaultFile(id, row.Name, row.Mode, pid, machine)),
            ]);

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
            machine,
            EntriesOf);
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
        return EntriesOf(pid).Entry(pid, entry);
    }

    /// <summary>mkdir in /proc: makes a task of the model, with an empty address space and the rights of who makes it.</summary>
    /// <param name="name">Its pid, as it is written in decimal.</param>
    /// <param name="maker">Who makes it.</param>
    /// <param name="limits">His limits.</param>
    /// <param name="directory">Its directory.</param>
    /// <returns>0, -EINVAL for what is no pid above those of the host, -EEXIST, or -EAGAIN when he has as many as he may.</returns>
    public int MakeTask(ReadOnlySpan<byte> name, Caller maker, Rlimits limits, out ProcDirectory? directory)
    {
        directory = null;
        if (Root.Find(name) is not null)
            return -Errno.EEXIST;
        if (!TryReadPid(name, out int pid) || pid < ProcIds.FirstModelPid)
            return -Errno.EINVAL;
        Credentials credentials = new(maker.Uid, maker.Gid, maker.Capabilities) { Groups = maker.Groups };
        int error = _machine.Create("task", credentials, limits, pid, out _);
        if (error == 0)
            directory = _modelTasks.Directory(pid);
        return error != 0 ? error : directory is null ? -Errno.ENOENT : 0;
    }

    /// <summary>rmdir in /proc: ends a task of the model.</summary>
    /// <param name="name">Its pid.</param>
    /// <param name="caller">Who ends it: its owner, or who may kill anybody's.</param>
    /// <returns>0, -ENOENT, -ENOTDIR, or -EPERM for what is not his and for whatever else stands in /proc.</returns>
    public int RemoveTask(ReadOnlySpan<byte> name, Caller caller)
    {
        if (Root.Find(name) is not ProcNode node)
            return -Errno.ENOENT;
        if (node is not ProcDirectory)
            return -Errno.ENOTDIR;
        if (!TryReadPid(name, out int pid) || !_machine.TryFind(pid, out TaskId task, out Credentials? credentials))
            return -Errno.EPERM;
        if (caller.Uid != credentials.Uid && !caller.Has(Caller.CAP_KILL))
            return -Errno.EPERM;
        return _machine.Exit(task, 0) == 0 ? 0 : -Errno.ENOENT;
    }

    // fs/proc/util.c: name_to_int: no sign, no leading zero.
    internal static bool TryReadPid(ReadOnlySpan<byte> name, out int pid)
    {
        pid = 0;
        return !name.IsEmpty && name[0] is >= (byte)'1' and <= (byte)'9'
            && Utf8Parser.TryParse(name, out pid, out int used) && used == name.Length;
    }

    private TaskEntries EntriesOf(int pid) => pid >= ProcIds.FirstModelPid ? _modelTasks : _hostTasks;

    private bool TryGetModelOwner(int pid, out uint uid, out uint gid)
    {
        bool found = _machine.TryFind(pid, out _, out Credentials? credentials);
        (uid, gid) = found ? (credentials!.Uid, credentials.Gid) : default;
        return found;
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
