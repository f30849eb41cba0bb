using System.Text;
using KernelModel;
using KernelModel.Mapping;
using KernelModel.Tests.Mapping;
using KernelModel.Vrange;
using ProcFs.Nodes;

namespace ProcFs.Tests;

/// <summary>A mount with files and processes as ProcFs sees them: all that is behind its two interfaces.</summary>
internal sealed class TestMount : IMountFiles, IHostTasks
{
    private readonly MappingDomain _domain;

    public TestMount(long limitPages = 0, long rangeShare = long.MaxValue)
    {
        Storage = new MemoryStorage(limitPages);
        _domain = new MappingDomain(Storage, new VrangeLru(), SigbusOnPurged: false)
        {
            Ranges = new KernelModel.UserCounts(rangeShare, ownerShare: long.MaxValue),
        };
        Clock = new TestClock();
        Machine = new Machine(new KernelOptions { TotalPages = 1024, FirstPid = ProcIds.FirstModelPid, Ranges = Lru });
        Tree = new ProcTree(Lru, new MemoryNumbers(Storage, Lru, machinePages: 1000, Clock), this, this, Machine);
    }

    public static Caller Owner { get; } = new(0, 0, [], 50, 50, ulong.MaxValue);

    public MemoryStorage Storage { get; }

    public VrangeLru Lru => _domain.Lru;

    public Machine Machine { get; }

    public TestClock Clock { get; }

    public ProcTree Tree { get; }

    public List<TestFile> Files { get; } = [];

    /// <summary>The mappings of each process.</summary>
    public SortedDictionary<int, List<HostMapping>> Processes { get; } = [];

    public uint OwnerUid => 0;

    /// <summary>What was asked of the host's page cache.</summary>
    public List<(ulong Ino, ulong First, ulong Last)> Dropped { get; } = [];

    public TestFile AddFile(string path, int pages, uint uid = 0) => AddFile(Encoding.UTF8.GetBytes(path), pages, uid);

    public TestFile AddFile(byte[] path, int pages, uint uid = 0)
    {
        TestFile file = new(_domain, (ulong)Files.Count + 2, path, uid);
        file.Mapping.Hold();
        if (pages > 0)
            Assert.Equal(pages * 4096, file.Mapping.Write(0, new byte[pages * 4096]));
        Files.Add(file);
        return file;
    }

    public ProcNode? Node(string path)
    {
        ProcNode? at = Tree.Root;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            at = (at as ProcDirectory)?.Find(Encoding.UTF8.GetBytes(name));
        return at;
    }

    public ProcOpenFile Open(string path, Caller? caller = null, bool canRead = true)
    {
        Assert.Equal(0, Assert.IsAssignableFrom<ProcFile>(Node(path)).Open(caller ?? Owner, canRead, out ProcOpenFile? open));
        return open!;
    }

    public string Read(string path, Caller? caller = null) => Read(Open(path, caller));

    public static string Read(ProcOpenFile open, long offset = 0, int size = 1 << 20)
    {
        byte[] buffer = new byte[size];
        int length = open.Read(offset, buffer, forCache: false);
        Assert.True(length >= 0, $"errno {-length}");
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    /// <summary>Writes, as a thread of <see cref="Owner"/> if no other is named, and waits for the answer.</summary>
    public static int Write(ProcOpenFile open, string text, int thread = 50)
    {
        var write = new TestCall(thread);
        int result = open.Write(Encoding.UTF8.GetBytes(text), write);
        return result == ProcOpenFile.Waits ? write.Answer.Result : result;
    }

    public IMountFile? FileOf(AddressSpace mapping) => Files.Find(file => file.Mapping == mapping);

    public int ResolveForWrite(ReadOnlySpan<byte> path, Caller caller, out IMountFile? file)
    {
        byte[] wanted = path.ToArray();
        file = Files.Find(candidate => !candidate.IsDeleted && candidate.Path(out _).SequenceEqual(wanted));
        return file is null ? -Errno.ENOENT : CheckWrite(file, caller);
    }

    public int CheckWrite(IMountFile file, Caller caller) => caller.Uid == 0 || caller.Uid == file.Uid ? 0 : -Errno.EACCES;

    public void DropHostCache(IMountFile file, ulong firstPage, ulong lastPage) => Dropped.Add((file.Ino, firstPage, lastPage));

    public IReadOnlyList<int> Users() => [.. Processes.Where(static process => process.Value.Count > 0).Select(static process => process.Key)];

    public bool TryGetOwner(int pid, out uint uid, out uint gid)
    {
        (uid, gid) = ((uint)pid, (uint)pid + 1);
        return Processes.ContainsKey(pid);
    }

    public int Open(int pid, Caller opener, TaskAccess access, out IHostTask? task)
    {
        task = null;
        if (!Processes.ContainsKey(pid))
            return -Errno.ESRCH;
        if (opener.Uid != 0 && opener.ProcessId != pid)
            return -Errno.EACCES;
        task = new TestTask(this, pid);
        return 0;
    }

    public int ReadMappings(int threadId, out IReadOnlyList<HostMapping> mappings)
    {
        bool found = Processes.TryGetValue(threadId, out List<HostMapping>? list);
        mappings = list ?? [];
        return found ? 0 : -Errno.ESRCH;
    }

    private sealed class TestTask(TestMount mount, int pid) : IHostTask
    {
        public int ReadMappings(out IReadOnlyList<HostMapping> mappings) => mount.ReadMappings(pid, out mappings);
    }
}
