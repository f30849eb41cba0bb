using System.Buffers.Text;
using KernelModel;
using KernelModel.Tasks;
using KernelModel.Vrange;
using ProcFs.Files;
using ProcFs.Host;
using ProcFs.Nodes;
using ProcFs.Text;

namespace ProcFs;

/// <summary>
/// /proc: the table of the fixed entries and the way from a number to its node. One table drives look-up, listing,
/// attributes and open.
/// </summary>
public sealed class ProcTree
{
    private const uint S_IFREG = 0x8000;
    private const uint S_IFDIR = 0x4000;
    private const uint AllRead = S_IFREG | 0x124;       // 0444
    private const uint AllReadWrite = S_IFREG | 0x1B6;  // 0666: the file that is marked says who may
    private const uint OwnerWrites = S_IFREG | 0x1A4;   // 0644
    private const uint OwnerOnly = S_IFREG | 0x180;     // 0600
    private const uint OwnerCommands = S_IFREG | 0x80;  // 0200
    private const uint OwnerReads = S_IFREG | 0x100;    // 0400
    private const uint AllLink = 0xA1FF;                // 0777
    private const uint AllList = S_IFDIR | 0x16D;       // 0555
    private const uint OwnerLists = S_IFDIR | 0x140;    // 0500

    private readonly Dictionary<ulong, ProcNode> _fixed = [];
    private readonly Machine _machine;
    private readonly HostNames _hostNames;
    private readonly HostTaskTree _hostTasks;
    private readonly TaskEntries _modelTasks;

    /// <summary>Makes the tree of one mount.</summary>
    public ProcTree(VrangeLru lru, MemoryNumbers memory, IMountFiles files, IHostTasks tasks, IHostProc host, Machine machine)
    {
        _machine = machine;
        _hostNames = new HostNames(host);
        _hostTasks = new HostTaskTree(tasks, host, files);
        _modelTasks = new TaskEntries(
            TryGetModelOwner,
            [
                new("vrange", AllRead, (row, id, pid) => new ModelVrangeFile(id, row.Name, row.Mode, pid, machine)),
                new("reclaim", OwnerCommands, (row, id, pid) => new ModelReclaimFile(id, row.Name, row.Mode, pid, machine)),
                new("syscall", OwnerOnly, (row, id, pid) => new SyscallFile(id, row.Name, row.Mode, pid, machine)),
                new("userfault", OwnerOnly, (row, id, pid) => new UserfaultFile(id, row.Name, row.Mode, pid, machine)),
                new("fd", OwnerLists, NoEntries),
                new("fdinfo", OwnerLists, NoEntries),
                new("task", AllList, (row, id, pid) => _modelTasks!.Threads(row, id, pid)),
                new("maps", AllRead, (row, id, pid) => new ModelAreasFile(id, row.Name, row.Mode, pid, machine, withUsage: false)),
                new("smaps", AllRead, (row, id, pid) => new ModelAreasFile(id, row.Name, row.Mode, pid, machine, withUsage: true)),
                new("smaps_rollup", AllRead, (row, id, pid) => new ModelRollupFile(id, row.Name, row.Mode, pid, machine)),
                View("status", static (text, task, _) => text.AddStatus(task)),
                View("stat", static (text, task, mayInspect) => text.AddStat(task, mayInspect)),
                View("statm", static (text, task, _) => text.AddStatm(task)),
                View("cmdline", static (text, task, _) => text.AddCommandLine(task)),
                View("comm", static (text, task, _) => text.AddComm(task), OwnerWrites),
                View("limits", static (text, task, _) => text.AddLimits(task.Limits)),
                View("oom_score", static (text, task, _) => text.AddOomScore(task)),
                View("cgroup", static (text, _, _) => text.Add("0::/\n")),
                View("wchan", static (text, _, _) => text.Add("0")),
                new("oom_score_adj", OwnerWrites, (row, id, pid) => new ModelOomFile(id, row.Name, row.Mode, pid, machine)),
                new("environ", OwnerReads, (row, id, pid) => new ModelEnvironFile(id, row.Name, row.Mode, pid, machine)),
                new("io", OwnerReads, (row, id, pid) => new ModelIoFile(id, row.Name, row.Mode, pid, machine)),
                new("pagemap", OwnerReads, (row, id, pid) => new ModelPagemapFile(id, row.Name, row.Mode, pid, machine)),
                new("mem", OwnerOnly, (row, id, pid) => new ModelMemFile(id, row.Name, row.Mode, pid, machine)),
                new("cwd", AllLink, static (row, id, _) => new TaskLink(id, row.Name, "/")),
                new("root", AllLink, static (row, id, _) => new TaskLink(id, row.Name, "/")),
                new("exe", AllLink, static (row, id, _) => new TaskLink(id, row.Name, null)),
                View("mountinfo", static (text, _, _) => text.Add("1 1 0:1 / / rw,relatime - fuse.vrangefs vrangefs rw\n")),
                View("mounts", static (text, _, _) => text.Add("vrangefs / fuse.vrangefs rw,relatime 0 0\n")),
                new("clear_refs", OwnerCommands, (row, id, pid) => new ModelClearRefsFile(id, row.Name, row.Mode, pid, machine)),
            ]);

        TaskFile View(string name, ShowTask show, uint mode = AllRead)
            => new(name, mode, (row, id, pid) => new ModelViewFile(id, row.Name, row.Mode, pid, machine, show));

        ulong last = ProcIds.Root;
        ulong sys = ++last;
        ulong vm = ++last;
        Root = new RootDirectory(
            Merged(
                ProcIds.Root,
                "",
                ProcIds.Root,
                [
                    new FvrangeFile(++last, "fvrange", AllReadWrite, files, tasks),
                    new MeminfoFile(++last, "meminfo", AllRead, memory),
                    new FixedLink(++last, "mounts", "self/mounts"),
                    new FixedLink(++last, "net", "self/net"),
                    new SelfLink(++last),
                    Merged(
                        sys,
                        "sys",
                        ProcIds.Root,
                        [
                            Merged(
                                vm,
                                "sys/vm",
                                sys,
                                [
                                    new DiscardVrangesFile(++last, "discard_vranges", OwnerWrites, lru),
                                    new SysctlFile(++last, "drop_caches", OwnerCommands, 1, 4, null, level => DropCaches(level)),
                                    new SysctlFile(
                                        ++last, "min_free_kbytes", OwnerWrites, 0, int.MaxValue,
                                        () => machine.MinFreeKilobytes, value => machine.MinFreeKilobytes = value),
                                    new SysctlFile(
                                        ++last, "swappiness", OwnerWrites, 0, 200, () => machine.Swappiness, value => machine.Swappiness = value),
                                ]),
                        ]),
                    new SlabinfoFile(++last, "slabinfo", OwnerReads, memory),
                    new SwapsFile(++last, "swaps", AllRead, memory),
                    new ThreadSelfLink(++last),
                    new VmstatFile(++last, "vmstat", AllRead, memory),
                    new VrangesFile(++last, "vranges", AllRead, lru, files),
                ]),
            tasks,
            machine,
            DirectoryOf);
        Register(Root);
    }

    /// <summary>/proc itself.</summary>
    public ProcDirectory Root { get; }

    /// <summary>The node of a number, or null when it belonged to a process that is gone.</summary>
    public ProcNode? Find(ulong id)
    {
        if (ProcIds.IsHost(id))
            return _hostNames.Find(id);
        if (!ProcIds.IsTask(id))
            return _fixed.GetValueOrDefault(id);
        return ProcIds.PlaceOf(id).Pid >= ProcIds.FirstModelPid ? _modelTasks.Find(id) : _hostTasks.Find(id);
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

    // fs/proc/fd.c: the number of a descriptor, which may be 0.
    internal static bool TryReadNumber(ReadOnlySpan<byte> name, out int number)
    {
        number = 0;
        return name.SequenceEqual("0"u8) || TryReadPid(name, out number);
    }

    private static EmptyDirectory NoEntries(TaskFile row, ulong id, int pid)
        => new(id, row.Name, row.Mode & 0xFFF, ProcIds.OfTask(ProcIds.PlaceOf(id) with { Entry = 0 }));

    // fs/drop_caches.c: 1 is page cache; names and inodes, 2, are the mount itself and stay.
    private void DropCaches(int level)
    {
        if ((level & 1) != 0)
            _machine.DropCaches();
    }

    private MergedDirectory Merged(ulong id, string path, ulong parent, IReadOnlyList<ProcNode> entries)
    {
        _hostNames.Cover(path, id);
        return new MergedDirectory(id, path, parent, _hostNames, entries);
    }

    private ProcDirectory? DirectoryOf(int pid)
        => pid >= ProcIds.FirstModelPid ? _modelTasks.Directory(pid) : _hostTasks.Directory(pid);

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
            MergedDirectory directory => directory.Entries,
            _ => [],
        };
        foreach (ProcNode child in children)
            Register(child);
    }
}
