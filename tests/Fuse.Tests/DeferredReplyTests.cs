namespace Fuse.Tests;

public sealed class DeferredReplyTests : IDisposable
{
    private readonly RecordingFileSystem _fileSystem = new();
    private readonly List<(FuseOpcode Opcode, Exception Failure)> _failures = [];
    private readonly FakeKernel _kernel;
    private FusePendingReply? _pending;

    public DeferredReplyTests()
    {
        FuseSessionOptions options = new() { WorkerCount = 1, HandlerFailed = (opcode, failure) => _failures.Add((opcode, failure)) };
        _kernel = FakeKernel.Initialized(_fileSystem, options);
        _fileSystem.Before = request => _pending = request.Defer();
    }

    public void Dispose() => _kernel.Dispose();

    [Fact]
    public void ADeferredReplyComesLaterFromAnotherThread()
    {
        ulong unique = Defer(FuseOpcode.FUSE_FALLOCATE, Wire.Of(new fuse_fallocate_in { length = 1 }));

        Assert.Equal((unique, 9ul, 1000u, 100u, 4242u), (_pending!.Unique, _pending.NodeId, _pending.Uid, _pending.Gid, _pending.Pid));
        _pending.CompleteSuccess();

        Assert.Equal((unique, 0), (_kernel.Receive().Unique, 0));
    }

    [Fact]
    public void OtherRequestsAreServedMeanwhile()
    {
        ulong unique = Defer(FuseOpcode.FUSE_READ, Wire.Of(new fuse_read_in { size = 10 }));
        _kernel.AssertSilent();

        _pending!.CompleteData("late"u8);

        Reply reply = _kernel.Receive();
        Assert.Equal((unique, "late"), (reply.Unique, Wire.Text(reply.Payload)));
    }

    [Fact]
    public void EveryFormOfAnswerHasItsLayout()
    {
        Defer(FuseOpcode.FUSE_WRITE, Wire.Of(default(fuse_write_in)));
        _pending!.CompleteWrite(17);
        Assert.Equal(17u, _kernel.Receive().As<fuse_write_out>().size);

        Defer(FuseOpcode.FUSE_COPY_FILE_RANGE_64, Wire.Of(default(fuse_copy_file_range_in)));
        _pending!.CompleteWrite(18);
        Assert.Equal(18ul, _kernel.Receive().As<fuse_copy_file_range_out>().bytes_copied);

        Defer(FuseOpcode.FUSE_IOCTL, Wire.Of(default(fuse_ioctl_in)));
        _pending!.CompleteIoctl(-3, "abc"u8);
        Reply ioctl = _kernel.Receive();
        Assert.Equal((-3, "abc"), (Wire.As<fuse_ioctl_out>(ioctl.Payload).result, Wire.Text(ioctl.Payload.AsSpan(16))));

        Defer(FuseOpcode.FUSE_LOOKUP, Wire.Name("a"));
        _pending!.Complete(new fuse_entry_out { nodeid = 4 });
        Assert.Equal(4ul, _kernel.Receive().As<fuse_entry_out>().nodeid);

        Defer(FuseOpcode.FUSE_CREATE, Wire.Of(default(fuse_create_in)), Wire.Name("a"));
        _pending!.CompleteCreate(new fuse_entry_out { nodeid = 5 }, new fuse_open_out { fh = 6 });
        Reply create = _kernel.Receive();
        Assert.Equal((5ul, 6ul, 144), (Wire.As<fuse_entry_out>(create.Payload).nodeid, Wire.As<fuse_open_out>(create.Payload.AsSpan(128)).fh, create.Payload.Length));

        Defer(FuseOpcode.FUSE_UNLINK, Wire.Name("a"));
        _pending!.CompleteError(-Errno.EBUSY);
        Assert.Equal(-Errno.EBUSY, _kernel.Receive().Error);
    }

    [Fact]
    public void CompletingTwiceIsABug()
    {
        Defer(FuseOpcode.FUSE_UNLINK, Wire.Name("a"));
        _pending!.CompleteSuccess();
        _kernel.Receive();

        Assert.Throws<InvalidOperationException>(() => _pending.CompleteError(-Errno.EIO));
        _kernel.AssertSilent();
    }

    [Fact]
    public void AnInterruptReachesTheDeferredRequestAndIsNotAnswered()
    {
        ulong unique = Defer(FuseOpcode.FUSE_FALLOCATE, Wire.Of(default(fuse_fallocate_in)));
        _pending!.OnInterrupt(() => _pending.CompleteError(-Errno.EINTR));
        Assert.False(_pending.IsInterrupted);

        _kernel.Interrupt(unique);

        Reply reply = _kernel.Receive();
        Assert.Equal((unique, -Errno.EINTR), (reply.Unique, reply.Error));
        Assert.True(_pending.IsInterrupted);
        _kernel.AssertSilent();
    }

    [Fact]
    public void AnInterruptOfAnUnknownRequestAsksToBeSentAgain()
    {
        _kernel.Interrupt(5000);

        Reply reply = _kernel.Receive();
        Assert.Equal((5001ul, -Errno.EAGAIN), (reply.Unique, reply.Error));
    }

    [Fact]
    public void AnInterruptAfterTheReplyAsksToBeSentAgainWhichTheKernelIgnores()
    {
        ulong unique = Defer(FuseOpcode.FUSE_UNLINK, Wire.Name("a"));
        _pending!.CompleteSuccess();
        _kernel.Receive();

        _kernel.Interrupt(unique);

        Assert.Equal((unique | 1, -Errno.EAGAIN), (_kernel.Receive() is var reply ? reply.Unique : 0, reply.Error));
        Assert.False(_pending.IsInterrupted);
    }

    [Fact]
    public void AnInterruptReadByAnotherWorkerReachesTheRequestBeingHandled()
    {
        using ManualResetEventSlim handling = new();
        bool inlineSeen = false;
        bool deferredSeen = false;
        RecordingFileSystem fileSystem = new()
        {
            Before = request =>
            {
                if (request.Opcode != FuseOpcode.FUSE_UNLINK)
                    return;
                Assert.False(request.IsInterrupted);
                handling.Set();
                inlineSeen = SpinWait.SpinUntil(() => request.IsInterrupted, TimeSpan.FromSeconds(20));
                FusePendingReply pending = request.Defer();
                deferredSeen = pending.IsInterrupted;
                pending.OnInterrupt(() => pending.CompleteError(-Errno.EINTR));
            },
        };
        using FakeKernel kernel = FakeKernel.Initialized(fileSystem, new FuseSessionOptions { WorkerCount = 2 });
        ulong unique = kernel.Send(FuseOpcode.FUSE_UNLINK, 1, Wire.Name("a"));
        Assert.True(handling.Wait(TimeSpan.FromSeconds(20)));

        kernel.Interrupt(unique);

        Reply reply = kernel.Receive();
        Assert.Equal((unique, -Errno.EINTR), (reply.Unique, reply.Error));
        Assert.True(inlineSeen && deferredSeen);
        // The next request of the same worker is not the interrupted one.
        Assert.Equal(0, kernel.Call(FuseOpcode.FUSE_RMDIR, 1, Wire.Name("a")).Error);
    }

    [Fact]
    public void AnInterruptCallbackThatThrowsIsReported()
    {
        ulong unique = Defer(FuseOpcode.FUSE_UNLINK, Wire.Name("a"));
        _pending!.OnInterrupt(() => throw new NotSupportedException());

        _kernel.Interrupt(unique);
        _kernel.AssertSilent();

        Assert.IsType<NotSupportedException>(Assert.Single(_failures).Failure);
        _pending.CompleteSuccess();
        Assert.Equal(unique, _kernel.Receive().Unique);
    }

    [Fact]
    public void TheEndOfTheSessionInterruptsWhatIsPendingAndMakesItsReplyANoOp()
    {
        Defer(FuseOpcode.FUSE_UNLINK, Wire.Name("a"));
        int interrupts = 0;
        _pending!.OnInterrupt(() => interrupts++);

        Assert.True(_kernel.Close());

        Assert.True(_pending.IsInterrupted);
        Assert.Equal(1, interrupts);
        _pending.OnInterrupt(() => interrupts++);
        Assert.Equal(2, interrupts);
        _pending.CompleteWrite(1);
        Assert.Throws<InvalidOperationException>(_pending.CompleteSuccess);
    }

    [Fact]
    public void AHandlerThatThrowsAfterDeferringStillAnswersOnce()
    {
        _fileSystem.Before = request =>
        {
            _pending = request.Defer();
            throw new NotSupportedException();
        };

        Assert.Equal(-Errno.EIO, _kernel.Call(FuseOpcode.FUSE_UNLINK, 1, Wire.Name("a")).Error);
        Assert.Throws<InvalidOperationException>(_pending!.CompleteSuccess);
    }

    [Fact]
    public void ReturningDeferredWithoutDeferringIsReportedAndAnswered()
    {
        _fileSystem.Before = null;
        _fileSystem.Result = FuseResult.Deferred;

        Assert.Equal(-Errno.EIO, _kernel.Call(FuseOpcode.FUSE_UNLINK, 1, Wire.Name("a")).Error);
        Assert.IsType<InvalidOperationException>(Assert.Single(_failures).Failure);
    }

    [Fact]
    public void ARequestOutsideOfASessionCannotBeDeferred()
    {
        FuseRequest request = new(1, 2, 3);
        Assert.Equal((1u, 2u, 3u, false), (request.Uid, request.Gid, request.Pid, request.IsInterrupted));
        Assert.Throws<InvalidOperationException>(request.Defer);
    }

    private ulong Defer(FuseOpcode opcode, params byte[][] arguments)
    {
        ulong unique = _kernel.Send(opcode, 9, arguments);
        _kernel.AssertSilent();
        Assert.Equal(unique, _pending!.Unique);
        return unique;
    }
}
