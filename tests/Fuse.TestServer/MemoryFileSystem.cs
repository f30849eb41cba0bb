using System.Collections.Concurrent;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Fuse.TestServer;

/// <summary>The smallest read-write filesystem that is of use to the tests: files, directories, device nodes.</summary>
internal sealed partial class MemoryFileSystem : FuseFileSystem
{
    private const uint S_IFMT = 0xF000;
    private const uint S_IFDIR = 0x4000;
    private const int MaxName = 255;

    private readonly Lock _lock = new();
    private readonly Dictionary<ulong, MemoryNode> _nodes = new() { [1] = new MemoryNode(1, S_IFDIR | 0x1FF) }; // _lock
    private ulong _lastId = 1; // _lock
    private readonly ConcurrentQueue<FusePendingReply> _held = [];

    /// <summary>For notifications.</summary>
    internal FuseSession? Session { get; set; }

    public override int Lookup(FuseRequest request, ulong parent, ReadOnlySpan<byte> name, ref fuse_entry_out entry)
    {
        string text = Encoding.UTF8.GetString(name);
        switch (text)
        {
            case "hang": // until the connection is aborted, or the caller is killed
                FusePendingReply pending = request.Defer();
                pending.OnInterrupt(() => pending.CompleteError(-Errno.EINTR));
                return FuseResult.Deferred;
            case "held" or "allocated": // numbers, told as the size of a file
                Refresh(parent, text);
                break;
            case "hang-for-good":
                _ = request.Defer();
                return FuseResult.Deferred;
            case "throw":
                throw new NotSupportedException("as asked");
        }

        lock (_lock)
            return _nodes[parent].Entries.TryGetValue(text, out ulong id) ? Fill(_nodes[id], ref entry) : -Errno.ENOENT;
    }

    private void Refresh(ulong parent, string name)
    {
        long number = name == "held" ? _held.Count : GC.GetTotalAllocatedBytes(precise: true);
        fuse_entry_out made = default;
        lock (_lock)
        {
            if (!_nodes[parent].Entries.ContainsKey(name))
                _ = Make(parent, Encoding.UTF8.GetBytes(name), 0x81A4, 0, ref made);
            _nodes[_nodes[parent].Entries[name]].Number = number;
        }
    }

    public override int GetAttr(FuseRequest request, ulong node, in fuse_getattr_in arg, ref fuse_attr_out attributes)
    {
        lock (_lock)
            attributes.attr = Attributes(_nodes[node]);
        return 0;
    }

    public override int SetAttr(FuseRequest request, ulong node, in fuse_setattr_in arg, ref fuse_attr_out attributes)
    {
        lock (_lock)
        {
            MemoryNode target = _nodes[node];
            if ((arg.valid & FATTR.FATTR_SIZE) != 0)
                target.Data = Resized(target.Data, (int)arg.size);
            if ((arg.valid & FATTR.FATTR_MODE) != 0)
                target.Mode = arg.mode;
            attributes.attr = Attributes(target);
        }

        return 0;
    }

    public override int MkNod(FuseRequest request, ulong parent, in fuse_mknod_in arg, ReadOnlySpan<byte> name, ref fuse_entry_out entry)
        => Make(parent, name, arg.mode, arg.rdev, ref entry);

    public override int MkDir(FuseRequest request, ulong parent, in fuse_mkdir_in arg, ReadOnlySpan<byte> name, ref fuse_entry_out entry)
        => Make(parent, name, arg.mode | S_IFDIR, 0, ref entry);

    public override int Create(
        FuseRequest request,
        ulong parent,
        in fuse_create_in arg,
        ReadOnlySpan<byte> name,
        ref fuse_entry_out entry,
        ref fuse_open_out open)
    {
        int result = Make(parent, name, arg.mode, 0, ref entry);
        if (result < 0 || !name.StartsWith("pass-"u8))
            return result;

        SafeFileHandle backing = File.OpenHandle(
            Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, FileOptions.DeleteOnClose);
        int id = Session!.BackingOpen((int)backing.DangerousGetHandle());
        if (id < 0)
        {
            backing.Dispose();
            return id;
        }

        lock (_lock)
        {
            MemoryNode node = _nodes[entry.nodeid];
            (node.Backing, node.BackingId) = (backing, id);
            return OpenNode(node, ref open);
        }
    }

    public override int Unlink(FuseRequest request, ulong parent, ReadOnlySpan<byte> name)
    {
        lock (_lock)
            return _nodes[parent].Entries.Remove(Encoding.UTF8.GetString(name)) ? 0 : -Errno.ENOENT;
    }

    public override int RmDir(FuseRequest request, ulong parent, ReadOnlySpan<byte> name) => Unlink(request, parent, name);

    public override int Rename(
        FuseRequest request, ulong parent, ulong newParent, uint flags, ReadOnlySpan<byte> name, ReadOnlySpan<byte> newName)
    {
        if (flags != 0)
            return -Errno.EINVAL;
        lock (_lock)
        {
            if (!_nodes[parent].Entries.Remove(Encoding.UTF8.GetString(name), out ulong id))
                return -Errno.ENOENT;
            _nodes[newParent].Entries[Encoding.UTF8.GetString(newName)] = id;
        }

        return 0;
    }

    public override void Init(FuseConnection connection, in fuse_init_in offer) => connection.Wanted |= InitFlags.FUSE_PASSTHROUGH;

    public override void Destroy()
    {
        foreach (MemoryNode node in _nodes.Values)
            node.Backing?.Dispose();
    }

    public override int Open(FuseRequest request, ulong node, in fuse_open_in arg, ref fuse_open_out open)
    {
        lock (_lock)
            return OpenNode(_nodes[node], ref open);
    }

    public override int OpenDir(FuseRequest request, ulong node, in fuse_open_in arg, ref fuse_open_out open) => 0;

    public override int Read(FuseRequest request, ulong node, in fuse_read_in arg, Span<byte> destination)
    {
        lock (_lock)
        {
            if (_nodes[node].Backing is not null)
                return -Errno.EIO; // the kernel goes to the backing file
            byte[] data = _nodes[node].Data;
            if (arg.offset >= (ulong)data.Length)
                return 0;
            ReadOnlySpan<byte> source = data.AsSpan((int)arg.offset);
            int count = Math.Min(source.Length, destination.Length);
            source[..count].CopyTo(destination);
            return count;
        }
    }

    public override int Write(FuseRequest request, ulong node, in fuse_write_in arg, ReadOnlySpan<byte> source)
    {
        lock (_lock)
        {
            MemoryNode target = _nodes[node];
            if (target.Backing is not null)
                return -Errno.EIO;
            int end = (int)arg.offset + source.Length;
            if (end > target.Data.Length)
                target.Data = Resized(target.Data, end);
            source.CopyTo(target.Data.AsSpan((int)arg.offset));
        }

        return source.Length;
    }

    public override int ReadDir(FuseRequest request, ulong node, in fuse_read_in arg, ref DirectoryWriter writer)
    {
        lock (_lock)
        {
            ulong offset = 0;
            foreach ((string name, ulong id) in _nodes[node].Entries)
            {
                if (offset++ >= arg.offset && !writer.TryAdd(Encoding.UTF8.GetBytes(name), id, offset, _nodes[id].Mode >> 12))
                    break;
            }
        }

        return 0;
    }

    public override int StatFs(FuseRequest request, ulong node, ref fuse_kstatfs numbers)
    {
        numbers.bsize = numbers.frsize = 4096;
        numbers.namelen = MaxName;
        return 0;
    }

    /// <summary>Changes the file behind the kernel's back, tells it so, and returns what the notification said.</summary>
    public override int Ioctl(
        FuseRequest request, ulong node, in fuse_ioctl_in arg, ReadOnlySpan<byte> input, Span<byte> output, out int result)
    {
        const uint later = 0x7402, hold = 0x7403, letGo = 0x7404; // _IO('t', ...)
        result = 0;
        switch (arg.cmd)
        {
            case later:
                FusePendingReply pending = request.Defer();
                ThreadPool.UnsafeQueueUserWorkItem(static reply => reply.CompleteIoctl(42, default), pending, preferLocal: false);
                return FuseResult.Deferred;
            case hold:
                _held.Enqueue(request.Defer());
                return FuseResult.Deferred;
            case letGo:
                while (_held.TryDequeue(out FusePendingReply? held))
                    held.CompleteIoctl(43, default);
                return 0;
        }

        lock (_lock)
            _nodes[node].Data.AsSpan().Fill((byte)'z');
        result = Session!.InvalidateInode(node, 0, 0);
        return 0;
    }

    /// <summary>Precondition: _lock is held.</summary>
    private static int OpenNode(MemoryNode node, ref fuse_open_out open)
    {
        open.open_flags = node.Backing is null ? FOPEN.FOPEN_KEEP_CACHE : FOPEN.FOPEN_PASSTHROUGH;
        open.backing_id = node.BackingId;
        return 0;
    }

    private static byte[] Resized(byte[] data, int length)
    {
        Array.Resize(ref data, length);
        return data;
    }

    private static fuse_attr Attributes(MemoryNode node)
    {
        ulong size = node.Number is { } number ? (ulong)number : node.Backing is null ? (ulong)node.Data.Length : (ulong)RandomAccess.GetLength(node.Backing);
        return new fuse_attr
        {
            ino = node.Id,
            mode = node.Mode,
            nlink = node.Links,
            rdev = node.Device,
            size = size,
            blocks = (size + 511) / 512,
        };
    }

    private static int Fill(MemoryNode node, ref fuse_entry_out entry)
    {
        entry.nodeid = node.Id;
        entry.attr = Attributes(node);
        return 0;
    }

    private int Make(ulong parent, ReadOnlySpan<byte> name, uint mode, uint device, ref fuse_entry_out entry)
    {
        if (name.Length > MaxName)
            return -Errno.ENAMETOOLONG;
        lock (_lock)
        {
            MemoryNode node = new(++_lastId, mode) { Device = device, Links = (mode & S_IFMT) == S_IFDIR ? 2u : 1u };
            if (!_nodes[parent].Entries.TryAdd(Encoding.UTF8.GetString(name), node.Id))
                return -Errno.EEXIST;
            _nodes.Add(node.Id, node);
            return Fill(node, ref entry);
        }
    }
}
