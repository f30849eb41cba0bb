using Fs.Mount;
using Fuse;
using Fuse.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fs.Tests.Requests;

/// <summary>Requests that wait: each is answered, and nobody's wait is another's.</summary>
public sealed class BlockingTests : IDisposable
{
    private const uint User = 1000, OtherUser = 1001;
    private const int MaxWaiting = 1024;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly WaitingFileSystem _fileSystem = new();
    private readonly FakeKernel _kernel;

    public BlockingTests() => _kernel = FakeKernel.Initialized(_fileSystem);

    public void Dispose()
    {
        _fileSystem.GoOn.Set();
        _kernel.Dispose();
        _fileSystem.GoOn.Dispose();
    }

    [Fact]
    public void Work_that_throws_is_answered_and_so_is_what_comes_after_it()
    {
        _fileSystem.Work = static _ => throw new NotSupportedException();
        Assert.Equal(-Errno.EIO, Call(User));
        _fileSystem.Work = static _ => throw new InsufficientMemoryException();
        Assert.Equal(-Errno.ENOMEM, Call(User));

        // Also when the reply was given by then: a second one would be an exception of its own.
        _fileSystem.Work = static reply =>
        {
            reply.CompleteSuccess();
            throw new NotSupportedException();
        };
        for (int i = 0; i < 40; i++)
            Assert.Equal(0, Call(User));
    }

    [Fact]
    public void A_user_whose_requests_wait_for_ever_keeps_nobody_else_waiting()
    {
        _fileSystem.Waits = User;
        for (int i = 0; i < 100; i++)
            Send(User);
        Assert.Equal(0, Call(OtherUser));
        Assert.Equal(0, Call(0));
        _fileSystem.GoOn.Set();
        for (int i = 0; i < 100; i++)
            Assert.Equal(0, _kernel.Receive().Error);
    }

    [Fact]
    public void Root_does_not_take_all_threads()
    {
        _fileSystem.Waits = 0;
        for (int i = 0; i < 100; i++)
            Send(0);
        Assert.Equal(0, Call(User));

        // Nor does the daemon's own work wait for root's.
        using ManualResetEventSlim done = new();
        _fileSystem.Blocking.Run(done.Set);
        Assert.True(done.Wait(s_patience));
    }

    [Fact]
    public void Too_many_waiting_requests_of_one_user_are_refused()
    {
        _fileSystem.Waits = User;
        _fileSystem.Started.Reset(4);
        for (int i = 0; i < 4; i++)
            Send(User);
        Assert.True(_fileSystem.Started.Wait(s_patience));
        for (int i = 0; i < MaxWaiting; i++)
            Send(User);
        Assert.Equal(-Errno.EAGAIN, Call(User));
        Assert.Equal(0, Call(OtherUser));
        _fileSystem.GoOn.Set();
        for (int i = 0; i < MaxWaiting + 4; i++)
            Assert.Equal(0, _kernel.Receive().Error);
        Assert.Equal(0, Call(User));
    }

    private void Send(uint uid)
    {
        _kernel.Uid = uid;
        _kernel.Send(FuseOpcode.FUSE_UNLINK, 1, Wire.Name("a"));
    }

    private int Call(uint uid)
    {
        _kernel.Uid = uid;
        return _kernel.Call(FuseOpcode.FUSE_UNLINK, 1, Wire.Name("a")).Error;
    }

    private sealed class WaitingFileSystem : FuseFileSystem
    {
        public Blocking Blocking { get; } = new(NullLogger.Instance);

        public ManualResetEventSlim GoOn { get; } = new();

        public CountdownEvent Started { get; } = new(1);

        /// <summary>Whose requests wait for <see cref="GoOn"/>.</summary>
        public uint Waits { get; set; } = uint.MaxValue;

        public Action<FusePendingReply> Work { get; set; } = static reply => reply.CompleteSuccess();

        public override void Init(FuseConnection connection, in fuse_init_in offer) => Blocking.Start();

        public override void Destroy() => Blocking.Stop();

        public override int Unlink(FuseRequest request, ulong parent, ReadOnlySpan<byte> name)
        {
            bool waits = request.Uid == Waits;
            return Blocking.Run(request, reply =>
            {
                if (waits)
                {
                    if (!Started.IsSet)
                        Started.Signal();
                    GoOn.Wait();
                }

                Work(reply);
            });
        }
    }
}
