using Fs.Host;
using Fs.Mount;
using Fs.Tmpfs;
using Fuse;
using Fuse.Testing;
using KernelModel;
using KernelModel.Mapping;
using Microsoft.Extensions.Logging.Abstractions;
using ProcFs;
using ProcFs.Nodes;

namespace Fs.Tests.Requests;

/// <summary>The whole filesystem behind a socket instead of a mount: its tree, its stores and its proc are the real ones.</summary>
internal sealed class MountedTree : IDisposable
{
    private const uint S_IFREG = 0x8000;
    private readonly HostPageCache _cache = new();
    private readonly HostProc _proc = new();
    private readonly HostTasks _tasks;
    private readonly Machine _machine;

    /// <param name="storage">Where bytes live.</param>
    /// <param name="passthrough">Whether the kernel is asked to read and write them itself.</param>
    /// <param name="offered">What the kernel offers.</param>
    public MountedTree(IBackingStorage storage, bool passthrough = false, InitFlags offered = FakeKernel.AllFlags)
    {
        Superblock = new Superblock(new SuperblockOptions { MaxInodes = 1000 }, storage, TimeProvider.System) { HostCache = _cache };
        FileSystem = new VrangeFileSystem(Superblock, NullLogger.Instance) { WantPassthrough = passthrough };
        _tasks = new HostTasks(_proc, connection: 0, Superblock, NullLogger.Instance);
        MountFiles files = new(Superblock, "/mnt"u8.ToArray(), _cache);
        _machine = new Machine(new KernelOptions { TotalPages = 1024, FirstPid = ProcIds.FirstModelPid, Ranges = Superblock.Lru })
        {
            FileLookup = files.Open,
        };
        FileSystem.Proc = new ProcTree(
            Superblock.Lru, new MemoryNumbers(storage, Superblock.Lru, _machine, 1 << 20, TimeProvider.System), files, _tasks, _tasks.View, _machine);
        files.Proc = FileSystem.Proc;
        FileSystem.Tasks = _tasks;
        Kernel = FakeKernel.Initialized(FileSystem, offered: offered);
    }

    public Superblock Superblock { get; }

    public VrangeFileSystem FileSystem { get; }

    public FakeKernel Kernel { get; }

    /// <summary>Makes a file, open for reading and writing.</summary>
    public ulong Create(string name, out ulong handle)
    {
        Reply reply = Kernel.Call(
            FuseOpcode.FUSE_CREATE, 1, Wire.Of(new fuse_create_in { flags = 2, mode = S_IFREG | 0x1B6 }), Wire.Name(name));
        Assert.Equal(0, reply.Error);
        int entry = Wire.Of(default(fuse_entry_out)).Length;
        handle = Wire.As<fuse_open_out>(reply.Payload.AsSpan(entry)).fh;
        return Wire.As<fuse_entry_out>(reply.Payload).nodeid;
    }

    public ulong Open(ulong node, uint flags)
        => Kernel.Call(FuseOpcode.FUSE_OPEN, node, Wire.Of(new fuse_open_in { flags = flags })).As<fuse_open_out>().fh;

    public int Write(ulong node, ulong handle, long offset, byte[] bytes)
    {
        fuse_write_in write = new() { fh = handle, offset = (ulong)offset, size = (uint)bytes.Length };
        Reply reply = Kernel.Call(FuseOpcode.FUSE_WRITE, node, Wire.Of(write), bytes);
        return reply.Error != 0 ? reply.Error : (int)reply.As<fuse_write_out>().size;
    }

    public byte[] Read(ulong node, ulong handle, long offset, int size)
    {
        fuse_read_in read = new() { fh = handle, offset = (ulong)offset, size = (uint)size, read_flags = ReadFlags.FUSE_READ_LOCKOWNER };
        Reply reply = Kernel.Call(FuseOpcode.FUSE_READ, node, Wire.Of(read));
        Assert.Equal(0, reply.Error);
        return reply.Payload;
    }

    public fuse_entry_out Lookup(ulong parent, string name)
        => Kernel.Call(FuseOpcode.FUSE_LOOKUP, parent, Wire.Name(name)).As<fuse_entry_out>();

    public void Dispose()
    {
        Kernel.Dispose();
        _machine.Dispose();
        _cache.Dispose();
        _tasks.Dispose();
        _proc.Dispose();
    }
}
