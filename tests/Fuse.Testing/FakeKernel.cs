using System.Runtime.InteropServices;

namespace Fuse.Testing;

/// <summary>
/// The kernel's end of the protocol over a socket that keeps message boundaries as /dev/fuse does: no mount, no root.
/// </summary>
internal sealed unsafe class FakeKernel : IDisposable
{
    internal const InitFlags AllFlags = (InitFlags)0x7FF_FFFF_FFFF & ~InitFlags.FUSE_INIT_RESERVED;

    private const int BufferSize = 4 * 1024 * 1024;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly byte[] _buffer = new byte[BufferSize];
    private ulong _lastUnique = 2;
    private bool _closed;

    internal FakeKernel(FuseFileSystem fileSystem, FuseSessionOptions? options = null)
    {
        int* pair = stackalloc int[2];
        Assert.Equal(0, Libc.socketpair(Libc.AF_UNIX, TestLibc.SOCK_SEQPACKET | Libc.SOCK_CLOEXEC, 0, pair));
        Fd = pair[0];
        Grow(pair[0]);
        Grow(pair[1]);
        long* patience = stackalloc long[2] { (long)s_patience.TotalSeconds, 0 };
        Assert.Equal(0, TestLibc.setsockopt(Fd, Libc.SOL_SOCKET, TestLibc.SO_RCVTIMEO, patience, 16));
        Session = new FuseSession(fileSystem, new FuseDeviceHandle(pair[1]), options ?? new FuseSessionOptions { WorkerCount = 1 });
        Session.Start();
    }

    internal FuseSession Session { get; }

    internal int Fd { get; }

    /// <summary>Who makes the requests.</summary>
    internal uint Uid { get; set; } = 1000;

    /// <summary>A session that has done INIT.</summary>
    internal static FakeKernel Initialized(
        FuseFileSystem fileSystem, FuseSessionOptions? options = null, InitFlags offered = AllFlags)
    {
        FakeKernel kernel = new(fileSystem, options);
        Assert.Equal(0, kernel.Init(flags: offered).Error);
        kernel.Session.Initialized.Wait(s_patience);
        return kernel;
    }

    internal Reply Init(uint minor = 45, InitFlags flags = AllFlags, uint major = 7)
    {
        fuse_init_in offer = new() { major = major, minor = minor, max_readahead = 131072, flags = (uint)flags, flags2 = (uint)((ulong)flags >> 32) };
        byte[] bytes = Wire.Of(offer);
        return Call(FuseOpcode.FUSE_INIT, 0, minor < 36 ? bytes[..16] : bytes);
    }

    internal Reply Call(FuseOpcode opcode, ulong node, params byte[][] arguments)
    {
        ulong unique = Send(opcode, node, arguments);
        Reply reply = Receive();
        Assert.Equal(unique, reply.Unique);
        return reply;
    }

    internal ulong Send(FuseOpcode opcode, ulong node, params byte[][] arguments) => Send(opcode, node, [], arguments);

    internal ulong Send(FuseOpcode opcode, ulong node, byte[] extensions, byte[][] arguments)
    {
        byte[] body = Wire.Join([.. arguments, extensions]);
        fuse_in_header header = new()
        {
            len = (uint)(sizeof(fuse_in_header) + body.Length),
            opcode = opcode,
            unique = _lastUnique += 2,
            nodeid = node,
            uid = Uid,
            gid = 100,
            pid = 4242,
            total_extlen = (ushort)(extensions.Length / 8),
        };
        SendRaw(Wire.Join(Wire.Of(header), body));
        return header.unique;
    }

    /// <summary>fs/fuse/dev.c: an INTERRUPT has the unique of its request with bit 0 set.</summary>
    internal void Interrupt(ulong unique)
    {
        fuse_in_header header = new()
        {
            len = (uint)(sizeof(fuse_in_header) + sizeof(fuse_interrupt_in)),
            opcode = FuseOpcode.FUSE_INTERRUPT,
            unique = unique | 1,
        };
        SendRaw(Wire.Join(Wire.Of(header), Wire.Of(new fuse_interrupt_in { unique = unique })));
    }

    internal void SendRaw(byte[] message)
    {
        fixed (byte* bytes = message)
            Assert.Equal(message.Length, Libc.write(Fd, bytes, (nuint)message.Length));
    }

    /// <summary>One read(2) is one message; a reply that came in pieces would show as a wrong length.</summary>
    internal Reply Receive()
    {
        int count;
        fixed (byte* bytes = _buffer)
        {
            // With a time-out it is not restarted after a signal, which the runtime sends its threads (signal(7)).
            do
                count = (int)Libc.read(Fd, bytes, BufferSize);
            while (count < 0 && Marshal.GetLastPInvokeError() == Errno.EINTR);
        }

        Assert.True(count >= sizeof(fuse_out_header), $"no reply: read returned {count}, errno {Marshal.GetLastPInvokeError()}");
        fuse_out_header header = Wire.As<fuse_out_header>(_buffer);
        Assert.Equal((uint)count, header.len);
        return new Reply(header.len, header.error, header.unique, _buffer[sizeof(fuse_out_header)..count]);
    }

    /// <summary>Whether nothing is on its way: proven by a request that is answered after all that came before it (one worker).</summary>
    internal void AssertSilent() => Assert.Equal(-Errno.ENOSYS, Call((FuseOpcode)4000, 1).Error);

    /// <summary>The device goes away; true if the session ended in time.</summary>
    internal bool Close()
    {
        if (!_closed)
            _ = Libc.close(Fd);
        _closed = true;
        return Session.WaitForExit(s_patience);
    }

    public void Dispose() => Assert.True(Close(), "the session did not end");

    private static void Grow(int socket)
    {
        int size = BufferSize;
        if (TestLibc.setsockopt(socket, Libc.SOL_SOCKET, TestLibc.SO_SNDBUFFORCE, &size, sizeof(int)) != 0)
            _ = TestLibc.setsockopt(socket, Libc.SOL_SOCKET, TestLibc.SO_SNDBUF, &size, sizeof(int));
    }
}
