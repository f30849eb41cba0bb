using Fs.Mount;
using Fs.Tests.Stores;
using Fuse;
using Fuse.Testing;
using KernelModel.Vrange;

namespace Fs.Tests.Requests;

/// <summary>The ways in: the ioctl, proc/fvrange and the xattr (R1, R2, R14, R15).</summary>
public sealed class FvrangeTests : IDisposable
{
    private const uint O_WRONLY = 1;
    private const uint O_RDWR = 2;
    private readonly MountedTree _tree = new(MemfdStoreTests.NewMemfd(100));
    private readonly ulong _file;
    private readonly ulong _handle;

    public FvrangeTests()
    {
        _file = _tree.Create("ring buffer", out _handle);
        Assert.Equal(4 * 4096, _tree.Write(_file, _handle, 0, new byte[4 * 4096]));
    }

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void The_ioctl_reports_the_promise_and_the_bytes()
    {
        // R1, R7
        Assert.Equal((0, 0, 0ul), Ioctl(_handle, 0, 4 * 4096, VrangeMode.Volatile));
        Assert.Equal((0, 0, 0ul), Ioctl(_handle, 0, 4096, VrangeMode.NonVolatile));
        _tree.Superblock.Lru.Discard(long.MaxValue, VrangeOwners.All, wait: false);
        Assert.Equal((0, 1, 3ul * 4096), Ioctl(_handle, 0, 4 * 4096, VrangeMode.NonVolatile));
        Assert.Equal((0, 0, 0ul), Ioctl(_handle, 0, 4 * 4096, VrangeMode.NonVolatile));
    }

    [Fact]
    public void The_ioctl_checks_in_the_order_of_R2()
    {
        ulong reader = _tree.Open(_file, 0);
        Assert.Equal(-Errno.EBADF, Ioctl(reader, 1, 0, (VrangeMode)9).Error);
        Assert.Equal(-Errno.EBADF, Ioctl(999, 0, 4096, VrangeMode.Volatile).Error);
        Assert.Equal(-Errno.EINVAL, Ioctl(_handle, 1, 4096, VrangeMode.Volatile).Error);
        Assert.Equal(-Errno.EINVAL, Ioctl(_handle, 0, 4095, VrangeMode.Volatile).Error);
        Assert.Equal(-Errno.EINVAL, Ioctl(_handle, 0, 4096, (VrangeMode)2).Error);
        Assert.Equal("", Xattr());
    }

    [Fact]
    public void Another_ioctl_is_ENOTTY_and_a_short_one_EINVAL()
    {
        Assert.Equal(-Errno.ENOTTY, Send(_handle, 0x5401, new FvrangeIoctl()).Error);
        fuse_ioctl_in call = new() { fh = _handle, cmd = FvrangeIoctl.FVRANGE_IOC, in_size = 8, out_size = 8 };
        Assert.Equal(-Errno.EINVAL, _tree.Kernel.Call(FuseOpcode.FUSE_IOCTL, _file, Wire.Of(call), new byte[8]).Error);
    }

    [Fact]
    public void The_xattr_marks_and_lists_and_keeps_a_loss_to_be_reported()
    {
        // R15
        Assert.Equal(0, SetXattr("4096 8192 volatile"));
        Assert.Equal("4096 8192 v\n", Xattr());
        _tree.Superblock.Lru.Discard(long.MaxValue, VrangeOwners.All, wait: false);
        Assert.Equal(0, SetXattr("0 8K nonvolatile"));
        Assert.Equal("4096 4096 p\n8192 4096 p\n", Xattr());
        Assert.Equal(0, _tree.Kernel.Call(FuseOpcode.FUSE_REMOVEXATTR, _file, Wire.Name("user.vrange")).Error);
        Assert.Equal("4096 8192 p\n", Xattr().Replace("4096 4096 p\n8192 4096 p\n", "4096 8192 p\n", StringComparison.Ordinal));
        Assert.Equal((0, 1, 2ul * 4096), Ioctl(_handle, 0, 4 * 4096, VrangeMode.NonVolatile));
        Assert.Equal("", Xattr());
    }

    [Theory]
    [InlineData("0 4096")]
    [InlineData("0 4096 maybe")]
    [InlineData("/path 0 4096 volatile")]
    [InlineData("@0 4096 volatile")]
    [InlineData("1 4096 volatile")]
    [InlineData("0 4095 volatile")]
    public void A_malformed_xattr_is_EINVAL(string value) => Assert.Equal(-Errno.EINVAL, SetXattr(value));

    [Fact]
    public void Without_a_holder_a_path_cannot_mark()
    {
        // R14
        Release(_handle);
        Assert.Equal(-Errno.EBADF, SetXattr("0 4096 volatile"));
        ulong proc = OpenProc(O_RDWR);
        Assert.Equal(-Errno.EBADF, _tree.Write(Proc, proc, 0, Text("/ring buffer 0 4096 volatile\n")));
    }

    [Fact]
    public void Proc_marks_by_path_and_answers_from_the_same_open_file()
    {
        // R14, R15
        ulong proc = OpenProc(O_RDWR);
        Assert.Equal([], _tree.Read(Proc, proc, 0, 100));
        byte[] mark = Text("ring\\040buffer 0 8192 volatile\n");
        Assert.Equal(mark.Length, _tree.Write(Proc, proc, 0, mark));
        Assert.Equal("0 0\n", Wire.Text(_tree.Read(Proc, proc, mark.Length, 100)));
        Assert.Equal([], _tree.Read(Proc, proc, 0, 100));
        _tree.Superblock.Lru.Discard(long.MaxValue, VrangeOwners.All, wait: false);
        _tree.Write(Proc, proc, 0, Text("/ring buffer 0 8192 nonvolatile"));
        Assert.Equal("1 8192\n", Wire.Text(_tree.Read(Proc, proc, 1234, 100)));
    }

    [Fact]
    public void A_write_only_open_of_proc_clears_no_loss()
    {
        // R15
        Ioctl(_handle, 0, 4096, VrangeMode.Volatile);
        _tree.Superblock.Lru.Discard(long.MaxValue, VrangeOwners.All, wait: false);
        Assert.True(_tree.Write(Proc, OpenProc(O_WRONLY), 0, Text("/ring buffer 0 4096 nonvolatile")) > 0);
        Assert.Equal((0, 1, 4096ul), Ioctl(_handle, 0, 4096, VrangeMode.NonVolatile));
    }

    [Theory]
    [InlineData("/nothing 1 1 volatile", Errno.ENOENT)]
    [InlineData("/ring buffer/x 1 1 volatile", Errno.ENOTDIR)]
    [InlineData("/ 0 4096 volatile", Errno.EBADF)]
    [InlineData("/pipe 0 4096 volatile", Errno.ESPIPE)]
    [InlineData("/ring buffer 1 4096 volatile", Errno.EINVAL)]
    [InlineData("/ring buffer 0 4096 purge", Errno.EINVAL)]
    [InlineData(" 0 4096 volatile", Errno.EINVAL)]
    [InlineData("", Errno.EINVAL)]
    public void Errors_of_proc(string line, int error)
    {
        _tree.Kernel.Call(FuseOpcode.FUSE_MKNOD, 1, Wire.Of(new fuse_mknod_in { mode = 0x11B6 }), Wire.Name("pipe"));
        _tree.Kernel.Call(FuseOpcode.FUSE_SETATTR, 1, Wire.Of(new fuse_setattr_in { valid = FATTR.FATTR_MODE, mode = 0x1FF }));
        Assert.Equal(-error, _tree.Write(Proc, OpenProc(O_RDWR), 0, Text(line)));
    }

    [Fact]
    public void Marks_die_with_the_last_release()
    {
        // R11
        ulong second = _tree.Open(_file, O_RDWR);
        Ioctl(_handle, 0, 4096, VrangeMode.Volatile);
        Release(_handle);
        Assert.Equal("0 4096 v\n", Xattr());
        Release(second);
        Assert.Equal("", Xattr());
    }

    private ulong Proc => _tree.Lookup(_tree.Lookup(1, "proc").nodeid, "fvrange").nodeid;

    private ulong OpenProc(uint flags) => _tree.Open(Proc, flags);

    private void Release(ulong handle)
        => Assert.Equal(0, _tree.Kernel.Call(FuseOpcode.FUSE_RELEASE, _file, Wire.Of(new fuse_release_in { fh = handle })).Error);

    private static byte[] Text(string line) => System.Text.Encoding.UTF8.GetBytes(line);

    private int SetXattr(string value)
    {
        byte[] bytes = Text(value);
        fuse_setxattr_in call = new() { size = (uint)bytes.Length };
        return _tree.Kernel.Call(FuseOpcode.FUSE_SETXATTR, _file, Wire.Of(call), Wire.Name("user.vrange"), bytes).Error;
    }

    private string Xattr()
    {
        Reply reply = _tree.Kernel.Call(
            FuseOpcode.FUSE_GETXATTR, _file, Wire.Of(new fuse_getxattr_in { size = 4096 }), Wire.Name("user.vrange"));
        return reply.Error == -Errno.ENODATA ? "" : Wire.Text(reply.Payload);
    }

    private (int Error, int Result, ulong Bytes) Ioctl(ulong handle, ulong offset, ulong length, VrangeMode mode)
    {
        Reply reply = Send(handle, FvrangeIoctl.FVRANGE_IOC, new FvrangeIoctl { Offset = offset, Length = length, Mode = (uint)mode });
        if (reply.Error != 0)
            return (reply.Error, 0, 0);
        int head = Wire.Of(default(fuse_ioctl_out)).Length;
        return (0, Wire.As<fuse_ioctl_out>(reply.Payload).result, Wire.As<FvrangeIoctl>(reply.Payload.AsSpan(head)).PurgedBytes);
    }

    private Reply Send(ulong handle, uint command, FvrangeIoctl argument)
    {
        byte[] bytes = Wire.Of(argument);
        fuse_ioctl_in call = new() { fh = handle, cmd = command, in_size = (uint)bytes.Length, out_size = (uint)bytes.Length };
        return _tree.Kernel.Call(FuseOpcode.FUSE_IOCTL, _file, Wire.Of(call), bytes);
    }
}
