using System.Text;
using Fs.Host;
using Fs.Tmpfs;
using Fuse;
using ProcFs;
using ProcFs.Nodes;
using UserCounts = KernelModel.UserCounts;

namespace Fs.Mount;

/// <summary>
/// The directory <c>proc</c>. Look-ups, attributes and opens wait for nothing: the kernel keeps the directory locked meanwhile.
/// What renders, runs a command or looks at processes of the host is done off the threads that serve requests.
/// </summary>
internal sealed partial class VrangeFileSystem
{
    // Numbers of proc lie above those of the tree; see InodeTable. A file of proc has another node id each time it is looked
    // up, see ProcNodes; everything else has the number of its node.
    private const ulong ProcBit = 1UL << 62;
    private const ulong ProcFileBit = 1UL << 61;

    // st_blksize: who reads by it has most files at once, and wc(1), which begins to count so much before st_size, counts all.
    private const uint ProcBlock = 1 << 16;

    // A path of which each byte is escaped, and more than any numbers.
    private const int LongestCommand = 1 << 15;

    private readonly ProcNodes _procNodes = new();

    // Calls that wait, of each user.
    private readonly UserCounts _parked = new(share: 1 << 10, ownerShare: 1 << 14) { Owner = Libc.geteuid() };
    private ProcTree? _proc;
    private HostTasks? _tasks;

    private static ReadOnlySpan<byte> ProcName => Superblock.ProcName;

    /// <summary>The tree of proc, set once before the first request.</summary>
    public ProcTree Proc
    {
        get => _proc ?? throw new InvalidOperationException("The mount has no proc yet.");
        set => _proc = value;
    }

    /// <summary>The processes of the host, set once before the first request.</summary>
    public HostTasks Tasks
    {
        get => _tasks ?? throw new InvalidOperationException("The mount knows no processes yet.");
        set => _tasks = value;
    }

    /// <summary>Tells the kernel that a node has become larger; set before the first request.</summary>
    public Action<ulong, long>? GrowNode { get; set; }

    /// <summary>Owner of the fixed files of proc.</summary>
    private uint OwnerUid { get; } = Libc.geteuid();

    private uint OwnerGid { get; } = Libc.getegid();

    private static bool IsProc(ulong node) => (node & ProcBit) != 0;

    private static bool IsProcFile(ulong node) => (node & (ProcBit | ProcFileBit)) == (ProcBit | ProcFileBit);

    private static int SlotOf(ulong node) => (int)node;

    private static ulong ProcIno(ulong id) => id | ProcBit;

    private bool IsProcName(ulong parent, ReadOnlySpan<byte> name) => parent == superblock.Root.Ino && name.SequenceEqual(ProcName);

    private ProcNode? FindProc(ulong node)
        => Proc.Find(IsProcFile(node) ? _procNodes.IdOf(SlotOf(node)) : node & ~ProcBit);

    private int LookupInProc(ulong parent, ReadOnlySpan<byte> name, ref fuse_entry_out entry)
    {
        if (FindProc(parent) is not ProcDirectory directory)
            return -Errno.ENOTDIR;
        return directory.Find(name) is ProcNode node ? FillProcEntry(node, ref entry) : -Errno.ENOENT;
    }

    private int FillProcEntry(ProcNode node, ref fuse_entry_out entry)
    {
        long size = 0;
        entry.nodeid = node is ProcFile ? ProcBit | ProcFileBit | (uint)_procNodes.Add(node.Id, out size) : ProcIno(node.Id);
        entry.entry_valid = entry.attr_valid = ProcSeconds(node);
        FillProcAttributes(node, size, ref entry.attr);
        return 0;
    }

    // A process may be gone any moment, and each look-up of a file is another one, of another size.
    private static ulong ProcSeconds(ProcNode node) => node.IsPermanent && node is not ProcFile ? CacheSeconds : 0;

    private void FillProcAttributes(ProcNode node, long size, ref fuse_attr attributes)
    {
        attributes.ino = ProcIno(node.Id);
        attributes.mode = node.Mode;
        attributes.nlink = node is ProcDirectory ? 2u : 1u;
        attributes.uid = node.IsPermanent ? OwnerUid : node.Uid;
        attributes.gid = node.IsPermanent ? OwnerGid : node.Gid;
        attributes.size = (ulong)size;
        attributes.blksize = ProcBlock;
        Timespec mounted = superblock.Root.BirthTime;
        attributes.atime = attributes.mtime = attributes.ctime = (ulong)mounted.Seconds;
        attributes.atimensec = attributes.mtimensec = attributes.ctimensec = mounted.Nanoseconds;
    }

    private int GetProcAttributes(ulong node, ref fuse_attr_out attributes)
    {
        if (FindProc(node) is not ProcNode found)
            return -Errno.ENOENT;
        attributes.attr_valid = ProcSeconds(found);
        FillProcAttributes(found, IsProcFile(node) ? _procNodes.SizeOf(SlotOf(node)) : 0, ref attributes.attr);
        return 0;
    }

    // O_TRUNC of a shell's ">" must succeed and do nothing; nobody changes modes and owners.
    private int SetProcAttributes(ulong node, in fuse_setattr_in arg, ref fuse_attr_out attributes)
        => (arg.valid & (FATTR.FATTR_MODE | FATTR.FATTR_UID | FATTR.FATTR_GID)) != 0
            ? -Errno.EPERM
            : GetProcAttributes(node, ref attributes);

    private int ReadProcLink(FuseRequest request, ulong node, Span<byte> target)
    {
        if (FindProc(node) is not ProcSymlink link)
            return -Errno.EINVAL;
        return link.Target(Tasks.CallerOf(request.Uid, request.Gid, request.Pid)) is string text
            ? Encoding.UTF8.GetBytes(text, target)
            : -Errno.ENOENT;
    }

    private int OpenProc(FuseRequest request, ulong node, uint flags, ref fuse_open_out answer)
    {
        if (FindProc(node) is not ProcFile file)
            return -Errno.ENOENT;
        bool canRead = new OpenFile(null, flags, null, 0).CanRead;
        if (!_procOpens.TryAdd(request.Uid))
            return -Errno.ENFILE;
        int error = file.Open(Tasks.CallerOf(request.Uid, request.Gid, request.Pid), canRead, out ProcOpenFile? open);
        if (error != 0)
        {
            _procOpens.Add(request.Uid, -1);
            return error;
        }

        answer.fh = _open.Add(new OpenFile(null, flags, open, request.Uid));
        answer.open_flags = FOPEN.FOPEN_DIRECT_IO | FOPEN.FOPEN_NOFLUSH
            | (open is ProcStream ? FOPEN.FOPEN_STREAM | FOPEN.FOPEN_NONSEEKABLE : 0);
        return 0;
    }

    private int ReadProc(FuseRequest request, ulong node, in fuse_read_in arg)
    {
        if (_open.Find(arg.fh)?.Proc is not ProcOpenFile open)
            return -Errno.EBADF;
        long offset = (long)arg.offset;
        int size = (int)arg.size;

        // fs/fuse/file.c: fuse_send_read names the owner of a read(2), and none of a page that is read for the cache.
        bool forCache = (arg.read_flags & ReadFlags.FUSE_READ_LOCKOWNER) == 0;
        if (!forCache && open is ProcStream stream)
            return ReadStream(request, stream, size, mayWait: (arg.flags & O_NONBLOCK) == 0);
        return _blocking.Run(request, reply =>
        {
            byte[] buffer = new byte[size];
            int length = open.Read(offset, buffer, forCache);
            if (length < 0)
            {
                reply.CompleteError(length);
                return;
            }

            // Before the text, or who splices would find its end too early.
            if (_procNodes.Rendered(SlotOf(node), open.TextLength) is long grown and > 0)
                GrowNode?.Invoke(node, grown);
            reply.CompleteData(buffer.AsSpan(0, length));
        });
    }

    private int WriteProc(FuseRequest request, in fuse_write_in arg, ReadOnlySpan<byte> source)
    {
        if (_open.Find(arg.fh)?.Proc is not ProcOpenFile open)
            return -Errno.EBADF;
        if (source.Length > LongestCommand)
            return -Errno.EINVAL;
        byte[] text = source.ToArray();
        return Park(request, parked =>
        {
            int written = open.Write(text, parked);
            if (written != ProcOpenFile.Waits && parked.TryClaim())
                parked.Complete(written);
        });
    }

    /// <summary>Runs a call elsewhere that may go on without a thread for long, and that a signal ends.</summary>
    private int Park(FuseRequest request, Action<ParkedReply> work)
    {
        uint uid = request.Uid;
        if (!_parked.TryAdd(uid))
            return -Errno.EAGAIN;
        int result = _blocking.Run(request, reply =>
        {
            var parked = new ParkedReply(reply, _blocking, _parked);
            parked.Do(() => work(parked));
        });
        if (result != FuseResult.Deferred)
            _parked.Add(uid, -1);
        return result;
    }

    private int ReadProcDirectory(FuseRequest request, ulong node, in fuse_read_in arg, bool plus)
    {
        ulong offset = arg.offset;
        int size = (int)arg.size;
        return _blocking.Run(request, reply =>
        {
            if (FindProc(node) is not ProcDirectory directory)
            {
                reply.CompleteError(-Errno.ENOENT);
                return;
            }

            byte[] buffer = new byte[size];
            var writer = new DirectoryWriter(buffer);
            ListProc(directory, offset, plus, Tasks.CallerOf(reply.Uid, reply.Gid, reply.Pid), ref writer);
            reply.CompleteData(buffer.AsSpan(0, writer.Length));
        });
    }

    private void ListProc(ProcDirectory directory, ulong offset, bool plus, Caller caller, ref DirectoryWriter writer)
    {
        ulong parent = directory.Id == directory.ParentId ? superblock.Root.Ino : ProcIno(directory.ParentId);
        if (offset < DotDotOffset && !AddDot("."u8, ProcIno(directory.Id), DotDotOffset, plus, ref writer))
            return;
        if (offset < ProcOffset && !AddDot(".."u8, parent, ProcOffset, plus, ref writer))
            return;

        // An entry at position p is at offset p + 2, and p + 3 comes next.
        ulong from = Math.Max(offset, ProcOffset) - ProcOffset;
        foreach ((ulong position, ProcNode node) in directory.List(from, caller))
        {
            uint type = (node.Mode & Tmpfs.FileMode.S_IFMT) >> 12;
            bool added = plus
                ? AddPlus(node, position + ProcOffset + 1, ref writer)
                : writer.TryAdd(node.Name, ProcIno(node.Id), position + ProcOffset + 1, type);
            if (!added)
                return;
        }
    }

    private bool AddPlus(ProcNode node, ulong next, ref DirectoryWriter writer)
    {
        fuse_entry_out entry = default;
        if (node is ProcFile)
        {
            // No look-up: it names no node (fs/fuse/readdir.c: fuse_direntplus_link).
            entry.attr.ino = ProcIno(node.Id);
            entry.attr.mode = node.Mode;
        }
        else
        {
            FillProcEntry(node, ref entry);
        }

        return writer.TryAddPlus(node.Name, next, entry);
    }
}
