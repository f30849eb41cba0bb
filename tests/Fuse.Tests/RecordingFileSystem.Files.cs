namespace Fuse.Tests;

internal sealed partial class RecordingFileSystem
{
    public override int ReadLink(FuseRequest request, ulong node, Span<byte> target) => Bytes(request, $"ReadLink {node}", target, "to/here");

    public override int Open(FuseRequest request, ulong node, in fuse_open_in arg, ref fuse_open_out open)
        => Opened(request, $"Open {node} {arg.flags} {arg.open_flags:D}", ref open);

    public override int Read(FuseRequest request, ulong node, in fuse_read_in arg, Span<byte> destination)
    {
        destination.Fill((byte)'r');
        return Counted(request, $"Read {node} {arg.fh} {arg.offset} {arg.size} {destination.Length}", destination.Length);
    }

    public override int Write(FuseRequest request, ulong node, in fuse_write_in arg, ReadOnlySpan<byte> source)
    {
        string contents = source.Length < 100 ? Wire.Text(source) : $"{source.Length} bytes";
        return Counted(request, $"Write {node} {arg.fh} {arg.offset} {arg.write_flags:D} {contents}", source.Length);
    }

    public override int Flush(FuseRequest request, ulong node, in fuse_flush_in arg) => Plain(request, $"Flush {node} {arg.fh} {arg.lock_owner}");

    public override int Release(FuseRequest request, ulong node, in fuse_release_in arg)
        => Plain(request, $"Release {node} {arg.fh} {arg.release_flags:D}");

    public override int FSync(FuseRequest request, ulong node, in fuse_fsync_in arg) => Plain(request, $"FSync {node} {arg.fh} {arg.fsync_flags:D}");

    public override int FAllocate(FuseRequest request, ulong node, in fuse_fallocate_in arg)
        => Plain(request, $"FAllocate {node} {arg.fh} {arg.offset} {arg.length} {arg.mode}");

    public override long LSeek(FuseRequest request, ulong node, in fuse_lseek_in arg)
    {
        int result = Plain(request, $"LSeek {node} {arg.fh} {arg.offset} {arg.whence}");
        return result < 0 ? result : 0x1_0000_0000;
    }

    public override long CopyFileRange(FuseRequest request, ulong node, in fuse_copy_file_range_in arg)
    {
        int result = Plain(request, $"CopyFileRange {node} {arg.fh_in} {arg.off_in} {arg.nodeid_out} {arg.fh_out} {arg.off_out} {arg.len}");
        return result < 0 ? result : (long)arg.len;
    }

    public override int Poll(FuseRequest request, ulong node, in fuse_poll_in arg, ref fuse_poll_out answer)
        => Plain(request, $"Poll {node} {arg.fh} {arg.kh} {arg.flags:D} {arg.events}");

    public override int Ioctl(
        FuseRequest request, ulong node, in fuse_ioctl_in arg, ReadOnlySpan<byte> input, Span<byte> output, out int result)
    {
        result = 12;
        return Bytes(request, $"Ioctl {node} {arg.cmd} {Wire.Text(input)} {output.Length}", output, "out");
    }

    public override int OpenDir(FuseRequest request, ulong node, in fuse_open_in arg, ref fuse_open_out open)
        => Opened(request, $"OpenDir {node} {arg.flags}", ref open);

    public override int ReadDir(FuseRequest request, ulong node, in fuse_read_in arg, ref DirectoryWriter writer)
    {
        for (ulong i = arg.offset; writer.TryAdd("entry"u8, 100 + i, i + 1, 8); i++)
            Calls.Enqueue($"entry {i}");
        return Plain(request, $"ReadDir {node} {arg.fh} {arg.offset} {arg.size}");
    }

    public override int ReadDirPlus(FuseRequest request, ulong node, in fuse_read_in arg, ref DirectoryWriter writer)
    {
        fuse_entry_out entry = new() { nodeid = Node, attr = new fuse_attr { ino = Node, mode = 0x41ED } };
        while (writer.FitsPlus(3))
            Assert.True(writer.TryAddPlus("abc"u8, 9, in entry));
        return Plain(request, $"ReadDirPlus {node} {arg.fh} {arg.offset} {arg.size}");
    }

    public override int ReleaseDir(FuseRequest request, ulong node, in fuse_release_in arg) => Plain(request, $"ReleaseDir {node} {arg.fh}");

    public override int FSyncDir(FuseRequest request, ulong node, in fuse_fsync_in arg) => Plain(request, $"FSyncDir {node} {arg.fh}");

    public override int GetAttr(FuseRequest request, ulong node, in fuse_getattr_in arg, ref fuse_attr_out attributes)
    {
        attributes.attr.ino = node;
        return Plain(request, $"GetAttr {node} {arg.getattr_flags:D} {arg.fh}");
    }

    public override int SetAttr(FuseRequest request, ulong node, in fuse_setattr_in arg, ref fuse_attr_out attributes)
    {
        attributes.attr.size = arg.size;
        return Plain(request, $"SetAttr {node} {arg.valid:D} {arg.size} {arg.mode}");
    }

    public override int StatX(FuseRequest request, ulong node, in fuse_statx_in arg, ref fuse_statx_out attributes)
    {
        attributes.stat.btime.tv_sec = 99;
        return Plain(request, $"StatX {node} {arg.fh} {arg.sx_flags} {arg.sx_mask}");
    }

    public override int Access(FuseRequest request, ulong node, uint mask) => Plain(request, $"Access {node} {mask}");

    public override int StatFs(FuseRequest request, ulong node, ref fuse_kstatfs numbers)
    {
        numbers.namelen = 255;
        return Plain(request, $"StatFs {node}");
    }

    public override int SyncFs(FuseRequest request, ulong node) => Plain(request, $"SyncFs {node}");

    public override int GetXAttr(FuseRequest request, ulong node, ReadOnlySpan<byte> name, Span<byte> value, uint size)
        => Bytes(request, $"GetXAttr {node} {Wire.Text(name)} {size} {value.Length}", value, "value");

    public override int SetXAttr(FuseRequest request, ulong node, in fuse_setxattr_in arg, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        => Plain(request, $"SetXAttr {node} {arg.flags} {arg.setxattr_flags:D} {Wire.Text(name)} {Wire.Text(value)}");

    public override int ListXAttr(FuseRequest request, ulong node, Span<byte> list, uint size)
        => Bytes(request, $"ListXAttr {node} {size} {list.Length}", list, "user.a\0");

    public override int RemoveXAttr(FuseRequest request, ulong node, ReadOnlySpan<byte> name)
        => Plain(request, $"RemoveXAttr {node} {Wire.Text(name)}");

    private int Opened(FuseRequest request, string call, ref fuse_open_out open)
    {
        open = new fuse_open_out { fh = Handle, open_flags = FOPEN.FOPEN_KEEP_CACHE };
        return Plain(request, call);
    }

    private int Bytes(FuseRequest request, string call, Span<byte> destination, string contents)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(contents);
        if (destination.Length >= bytes.Length)
            bytes.CopyTo(destination);
        return Counted(request, call, bytes.Length);
    }
}
