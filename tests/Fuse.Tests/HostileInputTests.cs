namespace Fuse.Tests;

public sealed unsafe class HostileInputTests : IDisposable
{
    private readonly RecordingFileSystem _fileSystem = new();
    private readonly FakeKernel _kernel;

    public HostileInputTests() => _kernel = FakeKernel.Initialized(_fileSystem);

    public void Dispose() => _kernel.Dispose();

    [Fact]
    public void AMessageWithoutAWholeHeaderIsDropped()
    {
        _kernel.SendRaw([1, 2, 3]);
        _kernel.SendRaw(new byte[39]);
        _kernel.AssertSilent();
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(40u)]
    [InlineData(4000u)]
    [InlineData(uint.MaxValue)]
    public void AHeaderThatLiesAboutItsLengthIsRefused(uint length)
    {
        fuse_in_header header = new() { len = length, opcode = FuseOpcode.FUSE_LOOKUP, unique = 900, nodeid = 1 };
        _kernel.SendRaw(Wire.Join(Wire.Of(header), Wire.Name("a")));

        Reply reply = _kernel.Receive();

        Assert.Equal((900ul, -Errno.EIO), (reply.Unique, reply.Error));
        Assert.Empty(_fileSystem.Calls);
    }

    [Fact]
    public void ExtensionsLongerThanTheRequestAreRefused()
    {
        fuse_in_header header = new() { len = 42, opcode = FuseOpcode.FUSE_LOOKUP, unique = 900, total_extlen = 100 };
        _kernel.SendRaw(Wire.Join(Wire.Of(header), Wire.Name("a")));

        Assert.Equal(-Errno.EIO, _kernel.Receive().Error);
    }

    [Fact]
    public void AnUnterminatedOrEmptyNameIsRefused()
    {
        Assert.Equal(-Errno.EIO, _kernel.Call(FuseOpcode.FUSE_LOOKUP, 1, "abc"u8.ToArray()).Error);
        Assert.Equal(-Errno.EIO, _kernel.Call(FuseOpcode.FUSE_LOOKUP, 1, [0]).Error);
        Assert.Equal(-Errno.EIO, _kernel.Call(FuseOpcode.FUSE_SYMLINK, 1, Wire.Name("a"), "b"u8.ToArray()).Error);
        Assert.Empty(_fileSystem.Calls);
    }

    [Fact]
    public void CountsThatTheRequestDoesNotHoldAreRefused()
    {
        Assert.Equal(-Errno.EIO, _kernel.Call(FuseOpcode.FUSE_WRITE, 1, Wire.Of(new fuse_write_in { size = 4 }), [1, 2, 3]).Error);
        Assert.Equal(-Errno.EIO, _kernel.Call(FuseOpcode.FUSE_WRITE, 1, Wire.Of(new fuse_write_in { size = uint.MaxValue }), [1]).Error);
        Assert.Equal(-Errno.EIO, _kernel.Call(FuseOpcode.FUSE_IOCTL, 1, Wire.Of(new fuse_ioctl_in { in_size = 9 }), [1]).Error);
        Assert.Equal(-Errno.EIO, _kernel.Call(FuseOpcode.FUSE_SETXATTR, 1, Wire.Of(new fuse_setxattr_in { size = 9 }), Wire.Name("a"), [1]).Error);
        Assert.Empty(_fileSystem.Calls);
    }

    [Fact]
    public void AskingForMoreThanTheReplyBufferHoldsIsRefused()
    {
        Assert.Equal(-Errno.EIO, _kernel.Call(FuseOpcode.FUSE_READ, 1, Wire.Of(new fuse_read_in { size = uint.MaxValue })).Error);
        Assert.Equal(-Errno.ENOMEM, _kernel.Call(FuseOpcode.FUSE_IOCTL, 1, Wire.Of(new fuse_ioctl_in { out_size = uint.MaxValue })).Error);
        Assert.Equal(-Errno.E2BIG, _kernel.Call(FuseOpcode.FUSE_GETXATTR, 1, Wire.Of(new fuse_getxattr_in { size = uint.MaxValue }), Wire.Name("a")).Error);
        Assert.Equal(-Errno.E2BIG, _kernel.Call(FuseOpcode.FUSE_LISTXATTR, 1, Wire.Of(new fuse_getxattr_in { size = uint.MaxValue })).Error);
        Assert.Empty(_fileSystem.Calls);
    }

    [Fact]
    public void TheLongestReadAndWriteGoThroughInOnePiece()
    {
        const int length = 1024 * 1024;
        byte[] data = new byte[length];
        fuse_write_in write = new() { size = length };
        Assert.Equal((uint)length, _kernel.Call(FuseOpcode.FUSE_WRITE, 1, Wire.Of(write), data).As<fuse_write_out>().size);

        Reply reply = _kernel.Call(FuseOpcode.FUSE_READ, 1, Wire.Of(new fuse_read_in { size = length }));

        Assert.Equal(length, reply.Payload.Length);
        Assert.DoesNotContain(reply.Payload, value => value != 'r');
    }

    [Fact]
    public void AnErrorTheKernelWouldRefuseBecomesEio()
    {
        _fileSystem.Result = -600;
        Assert.Equal(-Errno.EIO, _kernel.Call(FuseOpcode.FUSE_UNLINK, 1, Wire.Name("a")).Error);
        _fileSystem.Result = int.MinValue + 5;
        Assert.Equal(-Errno.EIO, _kernel.Call(FuseOpcode.FUSE_UNLINK, 1, Wire.Name("a")).Error);
    }

    [Fact]
    public void RandomBytesNeverEndTheSession()
    {
        Random random = new(20250101);
        byte[] message = new byte[200];
        for (int round = 0; round < 5000; round++)
        {
            random.NextBytes(message);
            int length = random.Next(40, message.Length);
            // Plausible lengths and opcodes, so that the bytes get past the first check; nothing that is not answered.
            BitConverter.TryWriteBytes(message, length);
            uint opcode = (uint)random.Next(0, 56);
            BitConverter.TryWriteBytes(message.AsSpan(4), FuseDispatcher.HasNoReply((FuseOpcode)opcode) ? 1 : opcode);
            BitConverter.TryWriteBytes(message.AsSpan(36), (ushort)random.Next(0, 4));
            _kernel.SendRaw(message[..length]);
            _kernel.Receive();
        }

        _kernel.AssertSilent();
    }
}
