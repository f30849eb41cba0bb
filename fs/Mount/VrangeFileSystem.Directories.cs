using Fs.Tmpfs;
using Fuse;

namespace Fs.Mount;

/// <summary>Listings. An offset is the cookie of the entry that comes next, so it survives what comes and goes.</summary>
internal sealed partial class VrangeFileSystem
{
    private const uint DT_DIR = 4;

    private const ulong DotDotOffset = 1;
    private const ulong ProcOffset = 2;

    /// <inheritdoc/>
    public override int OpenDir(FuseRequest request, ulong node, in fuse_open_in arg, ref fuse_open_out open)
    {
        if (IsProc(node))
            return OpenProcDirectory(request, node);
        if (superblock.Inodes.Find(node) is not DirectoryInode directory)
            return -Errno.ENOTDIR;
        if (!_opens.TryAdd(request.Uid))
            return -Errno.ENFILE;
        OpenDirectory opened = new(directory, request.Uid);
        lock (directory)
            opened.Rewind();
        open.fh = _openDirectories.Add(opened);

        // Every change of a directory goes through the kernel, which then drops the listing it has (fs/fuse/dir.c: fuse_dir_changed).
        open.open_flags = FOPEN.FOPEN_CACHE_DIR | FOPEN.FOPEN_KEEP_CACHE;
        return 0;
    }

    /// <inheritdoc/>
    public override int ReleaseDir(FuseRequest request, ulong node, in fuse_release_in arg)
    {
        if (!IsProc(node) && _openDirectories.Remove(arg.fh) is OpenDirectory opened)
            _opens.Add(opened.Uid, -1);
        return 0;
    }

    /// <inheritdoc/>
    public override int ReadDir(FuseRequest request, ulong node, in fuse_read_in arg, ref DirectoryWriter writer)
    {
        if (IsProc(node))
            return ReadProcDirectory(request, node, arg, plus: false);
        if (_openDirectories.Find(arg.fh) is not OpenDirectory opened)
            return -Errno.EBADF;

        DirectoryInode directory = opened.Directory;
        directory.TouchAccessed();
        lock (directory)
        {
            if (!AddDots(directory, arg.offset, plus: false, ref writer))
                return 0;
            foreach (ref readonly DirectoryEntry entry in opened.EntriesFrom(arg.offset))
            {
                if (entry.Inode is Inode inode && !writer.TryAdd(entry.Name, inode.Ino, entry.Cookie + 1, TypeOf(inode)))
                    break;
            }
        }

        return 0;
    }

    /// <inheritdoc/>
    public override int ReadDirPlus(FuseRequest request, ulong node, in fuse_read_in arg, ref DirectoryWriter writer)
    {
        if (IsProc(node))
            return ReadProcDirectory(request, node, arg, plus: true);
        if (_openDirectories.Find(arg.fh) is not OpenDirectory opened)
            return -Errno.EBADF;

        DirectoryInode directory = opened.Directory;
        directory.TouchAccessed();
        lock (directory)
        {
            if (!AddDots(directory, arg.offset, plus: true, ref writer))
                return 0;
            foreach (ref readonly DirectoryEntry entry in opened.EntriesFrom(arg.offset))
            {
                if (entry.Inode is not Inode inode)
                    continue;

                // A look-up is counted for what is really sent.
                if (!writer.FitsPlus(entry.Name!.Length))
                    break;
                fuse_entry_out plus = default;
                Superblock.Remember(inode);
                FillEntry(inode, request.Pid, ref plus);
                writer.TryAddPlus(entry.Name, entry.Cookie + 1, plus);
            }
        }

        return 0;
    }

    // ".", "..", and proc in the root.
    private bool AddDots(DirectoryInode directory, ulong offset, bool plus, ref DirectoryWriter writer)
    {
        if (offset < DotDotOffset && !AddDot("."u8, directory.Ino, DotDotOffset, plus, ref writer))
            return false;
        if (offset < ProcOffset && !AddDot(".."u8, (directory.Parent ?? directory).Ino, ProcOffset, plus, ref writer))
            return false;
        if (offset >= DirectoryInode.FirstCookie || directory != superblock.Root)
            return true;

        if (!plus)
            return writer.TryAdd(ProcName, ProcIno(Proc.Root.Id), DirectoryInode.FirstCookie, DT_DIR);
        fuse_entry_out entry = default;
        FillProcEntry(Proc.Root, ref entry);
        return writer.TryAddPlus(ProcName, DirectoryInode.FirstCookie, entry);
    }

    // The kernel counts no look-up for these two, so the plus form names no node.
    private static bool AddDot(ReadOnlySpan<byte> name, ulong ino, ulong next, bool plus, ref DirectoryWriter writer)
    {
        if (!plus)
            return writer.TryAdd(name, ino, next, DT_DIR);
        fuse_entry_out entry = default;
        entry.attr.ino = ino;
        entry.attr.mode = Tmpfs.FileMode.S_IFDIR;
        return writer.TryAddPlus(name, next, entry);
    }

    private static uint TypeOf(Inode inode) => (inode.Mode & Tmpfs.FileMode.S_IFMT) >> 12;
}
