using System.Text;
using Fs.Host;
using Fs.Tmpfs;
using Fuse;
using ProcFs;
using ProcFs.Nodes;

namespace Fs.Mount;

/// <summary>
/// The directory <c>proc</c>. What has to look at processes of the host, or runs a command, is done off the threads that
/// serve requests.
/// </summary>
internal sealed partial class VrangeFileSystem
{
    // Numbers of proc lie above those of the tree; see InodeTable.
    private const ulong ProcBit = 1UL << 62;

    private ProcTree? _proc;

    private static ReadOnlySpan<byte> ProcName => Superblock.ProcName;

    /// <summary>The tree of proc, set once before the first request.</summary>
    public ProcTree Proc
    {
        get => _proc ?? throw new InvalidOperationException("The mount has no proc yet.");
        set => _proc = value;
    }

    /// <summary>Owner of the fixed files of proc.</summary>
    private uint OwnerUid { get; } = Libc.geteuid();

    private uint OwnerGid { get; } = Libc.getegid();

    private static bool IsProc(ulong node) => (node & ProcBit) != 0;

    private static ulong ProcIno(ulong id) => id | ProcBit;

    private bool IsProcName(ulong parent, ReadOnlySpan<byte> name) => parent == superblock.Root.Ino && name.SequenceEqual(ProcName);

    private ProcNode? FindProc(ulong node) => Proc.Find(node & ~ProcBit);

    private int LookupInProc(FuseRequest request, ulong parent, ReadOnlySpan<byte> name)
    {
        byte[] wanted = name.ToArray();
        return _blocking.Run(request, reply =>
        {
            ProcNode? node = (FindProc(parent) as ProcDirectory)?.Find(wanted, CallerOf(reply));
            fuse_entry_out entry = default;
            if (node is null)
                reply.CompleteError(-Errno.ENOENT);
            else if (FillProcEntry(node, ref entry) == 0)
                reply.Complete(entry);
        });
    }

    private int FillProcEntry(ProcNode node, ref fuse_entry_out entry)
    {
        entry.nodeid = ProcIno(node.Id);
        entry.entry_valid = entry.attr_valid = node.IsPermanent ? CacheSeconds : 0;
        FillProcAttributes(node, ref entry.attr);
        return 0;
    }

    private void FillProcAttributes(ProcNode node, ref fuse_attr attributes)
    {
        attributes.ino = ProcIno(node.Id);
        attributes.mode = node.Mode;
        attributes.nlink = node is ProcDirectory ? 2u : 1u;
        attributes.uid = node.IsPermanent ? OwnerUid : node.Uid;
        attributes.gid = node.IsPermanent ? OwnerGid : node.Gid;
        attributes.blksize = 1024; // as the kernel's own
        Timespec mounted = superblock.Root.BirthTime;
        attributes.atime = attributes.mtime = attributes.ctime = (ulong)mounted.Seconds;
        attributes.atimensec = attributes.mtimensec = attributes.ctimensec = mounted.Nanoseconds;
    }

    private int GetProcAttributes(ulong node, ref fuse_attr_out attributes)
    {
        if (FindProc(node) is not ProcNode found)
            return -Errno.ENOENT;
        attributes.attr_valid = found.IsPermanent ? CacheSeconds : 0;
        FillProcAttributes(found, ref attributes.attr);
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
        return link.Target(HostTasks.CallerOf(request.Uid, request.Gid, request.Pid)) is string text
            ? Encoding.UTF8.GetBytes(text, target)
            : -Errno.ENOENT;
    }

    private int OpenProc(FuseRequest request, ulong node, uint flags)
        => _blocking.Run(request, reply =>
        {
            if (FindProc(node) is not ProcFile file)
            {
                reply.CompleteError(-Errno.ENOENT);
                return;
            }

            bool canRead = new OpenFile(null, flags, null, 0).CanRead;
            int error = file.Open(CallerOf(reply), canRead, out ProcOpenFile? open);
            if (error == 0 && !_procOpens.TryAdd(reply.Uid))
                error = -Errno.ENFILE;
            if (error != 0)
            {
                reply.CompleteError(error);
                return;
            }

            reply.Complete(new fuse_open_out
            {
                fh = _open.Add(new OpenFile(null, flags, open, reply.Uid)),
                open_flags = FOPEN.FOPEN_DIRECT_IO | FOPEN.FOPEN_NOFLUSH,
            });
        });

    private int ReadProc(FuseRequest request, in fuse_read_in arg)
    {
        if (_open.Find(arg.fh)?.Proc is not ProcOpenFile open)
            return -Errno.EBADF;
        long offset = (long)arg.offset;
        int size = (int)arg.size;
        return _blocking.Run(request, reply =>
        {
            byte[] buffer = new byte[size];
            int length = open.Read(offset, buffer, CallerOf(reply));
            if (length < 0)
                reply.CompleteError(length);
            else
                reply.CompleteData(buffer.AsSpan(0, length));
        });
    }

    private int WriteProc(FuseRequest request, in fuse_write_in arg, ReadOnlySpan<byte> source)
    {
        if (_open.Find(arg.fh)?.Proc is not ProcOpenFile open)
            return -Errno.EBADF;
        byte[] text = source.ToArray();
        return _blocking.Run(request, reply =>
        {
            int written = open.Write(text, CallerOf(reply));
            if (written < 0)
                reply.CompleteError(written);
            else
                reply.CompleteWrite((uint)written);
        });
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
            ListProc(directory, offset, plus, CallerOf(reply), ref writer);
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
            fuse_entry_out entry = default;
            FillProcEntry(node, ref entry);
            bool added = plus
                ? writer.TryAddPlus(node.Name, position + ProcOffset + 1, entry)
                : writer.TryAdd(node.Name, entry.attr.ino, position + ProcOffset + 1, (node.Mode & Tmpfs.FileMode.S_IFMT) >> 12);
            if (!added)
                return;
        }
    }

    private static Caller CallerOf(FusePendingReply reply) => HostTasks.CallerOf(reply.Uid, reply.Gid, reply.Pid);
}
