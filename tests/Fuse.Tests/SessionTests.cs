namespace Fuse.Tests;

public sealed class SessionTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void AHandlerThatThrowsAnswersEioEveryTimeAndIsReportedOncePerOpcode()
    {
        List<FuseOpcode> reported = [];
        RecordingFileSystem fileSystem = new() { Before = _ => throw new NotSupportedException("bug") };
        FuseSessionOptions options = new() { WorkerCount = 1, HandlerFailed = (opcode, _) => reported.Add(opcode) };
        using FakeKernel kernel = FakeKernel.Initialized(fileSystem, options);

        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(-Errno.EIO, kernel.Call(FuseOpcode.FUSE_UNLINK, 1, Wire.Name("a")).Error);
            Assert.Equal(-Errno.EIO, kernel.Call(FuseOpcode.FUSE_LOOKUP, 1, Wire.Name("a")).Error);
        }

        Assert.Equal([FuseOpcode.FUSE_UNLINK, FuseOpcode.FUSE_LOOKUP], reported);
    }

    [Fact]
    public void AHandlerThatFindsNoMemoryAnswersEnomem()
    {
        RecordingFileSystem fileSystem = new() { Before = _ => throw new InsufficientMemoryException() };
        using FakeKernel kernel = FakeKernel.Initialized(fileSystem);
        Assert.Equal(-Errno.ENOMEM, kernel.Call(FuseOpcode.FUSE_UNLINK, 1, Wire.Name("a")).Error);
        fileSystem.Before = null;
        Assert.Equal(0, kernel.Call(FuseOpcode.FUSE_UNLINK, 1, Wire.Name("a")).Error);
    }

    [Fact]
    public void WhatIsNotOverriddenIsNotImplemented()
    {
        using FakeKernel kernel = FakeKernel.Initialized(new EmptyFileSystem());
        foreach (object[] request in DispatchTests.Requests.AsEnumerable().Select(row => row.ToArray()!))
            Assert.Equal(-Errno.ENOSYS, kernel.Call((FuseOpcode)(uint)request[0], 1, (byte[])request[1]).Error);

        kernel.Send(FuseOpcode.FUSE_FORGET, 1, Wire.Of(default(fuse_forget_in)));
        kernel.AssertSilent();
    }

    [Fact]
    public void TheSessionEndsWhenTheDeviceGoesAwayAndDestroysTheFileSystemOnce()
    {
        RecordingFileSystem fileSystem = new();
        FakeKernel kernel = FakeKernel.Initialized(fileSystem, new FuseSessionOptions { WorkerCount = 3 });
        Assert.Equal(0, kernel.Call(FuseOpcode.FUSE_DESTROY, 0).Error);
        Assert.Equal(0, fileSystem.Destroyed);

        Assert.True(kernel.Close());

        Assert.True(kernel.Session.Completion.IsCompletedSuccessfully);
        Assert.Equal(1, fileSystem.Destroyed);
        Assert.Equal(-Errno.ENODEV, kernel.Session.InvalidateInode(1, 0, 0));
        Assert.Equal(-Errno.ENODEV, kernel.Session.BackingOpen(0));
        Assert.Equal(0, kernel.Session.Stop());
    }

    [Fact]
    public void StopEndsASessionWhoseOtherEndIsSilent()
    {
        using FakeKernel kernel = FakeKernel.Initialized(new RecordingFileSystem(), new FuseSessionOptions { WorkerCount = 2 });

        Assert.Equal(0, kernel.Session.Stop());

        Assert.True(kernel.Session.WaitForExit(s_patience));
    }

    [Fact]
    public void ADeviceThatIsGoneBeforeInitFailsTheInitialization()
    {
        RecordingFileSystem fileSystem = new();
        FakeKernel kernel = new(fileSystem);

        Assert.True(kernel.Close());

        Assert.True(kernel.Session.Completion.IsCompletedSuccessfully);
        Assert.IsType<FuseProtocolException>(kernel.Session.Initialized.Exception?.InnerException);
        Assert.Equal(1, fileSystem.Destroyed);
    }

    [Fact]
    public void ADeviceThatFailsEndsTheSessionWithTheErrno()
    {
        // Reading a directory is EISDIR: an errno that the device never gives.
        FuseDeviceHandle directory = new(Libc.open("/", Libc.O_CLOEXEC));
        using FuseSession session = new(new RecordingFileSystem(), directory);

        session.Start();

        Assert.True(session.WaitForExit(s_patience));
        Assert.Contains("21", session.Completion.Exception!.InnerException!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ASessionStartsOnce()
    {
        using FakeKernel kernel = FakeKernel.Initialized(new RecordingFileSystem());
        Assert.Throws<InvalidOperationException>(kernel.Session.Start);
    }

    [Fact]
    public void ASecondInitIsNotImplemented()
    {
        using FakeKernel kernel = FakeKernel.Initialized(new RecordingFileSystem());
        Assert.Equal(-Errno.ENOSYS, kernel.Init().Error);
    }

    [Fact]
    public void NotificationsAreMessagesToNobody()
    {
        using FakeKernel kernel = FakeKernel.Initialized(new RecordingFileSystem());

        Assert.Equal(0, kernel.Session.InvalidateInode(7, 4096, -1));
        Reply inode = kernel.Receive();
        Assert.Equal((0ul, (int)FuseNotifyCode.FUSE_NOTIFY_INVAL_INODE), (inode.Unique, inode.Error));
        Assert.Equal(new fuse_notify_inval_inode_out { ino = 7, off = 4096, len = -1 }, Wire.As<fuse_notify_inval_inode_out>(inode.Payload));

        Assert.Equal(0, kernel.Session.InvalidateEntry(1, "name"u8, NotifyInvalEntryFlags.FUSE_EXPIRE_ONLY));
        Reply entry = kernel.Receive();
        Assert.Equal((0ul, (int)FuseNotifyCode.FUSE_NOTIFY_INVAL_ENTRY), (entry.Unique, entry.Error));
        Assert.Equal(new fuse_notify_inval_entry_out { parent = 1, namelen = 4, flags = NotifyInvalEntryFlags.FUSE_EXPIRE_ONLY }, Wire.As<fuse_notify_inval_entry_out>(entry.Payload));
        Assert.Equal("name\0", Wire.Text(entry.Payload.AsSpan(16)));

        Assert.Equal(0, kernel.Session.GrowInode(7, 8192));
        Reply grown = kernel.Receive();
        Assert.Equal((0ul, (int)FuseNotifyCode.FUSE_NOTIFY_STORE), (grown.Unique, grown.Error));
        Assert.Equal(new fuse_notify_store_out { nodeid = 7, offset = 8191, size = 1 }, Wire.As<fuse_notify_store_out>(grown.Payload));
        Assert.Equal(25, grown.Payload.Length);

        Assert.Equal(0, kernel.Session.NotifyPoll(7));
        Reply polled = kernel.Receive();
        Assert.Equal((0ul, (int)FuseNotifyCode.FUSE_NOTIFY_POLL), (polled.Unique, polled.Error));
        Assert.Equal(new fuse_notify_poll_wakeup_out { kh = 7 }, Wire.As<fuse_notify_poll_wakeup_out>(polled.Payload));

        Assert.Equal(0, kernel.Session.NotifyDelete(1, 7, "name"u8));
        Reply deleted = kernel.Receive();
        Assert.Equal((0ul, (int)FuseNotifyCode.FUSE_NOTIFY_DELETE), (deleted.Unique, deleted.Error));
        Assert.Equal("name\0", Wire.Text(deleted.Payload.AsSpan(24)));

        Assert.Equal(-Errno.ENAMETOOLONG, kernel.Session.InvalidateEntry(1, new byte[2000]));
    }

    [Fact]
    public void SeveralWorkersServeOneDeviceWithoutMixingReplies()
    {
        using FakeKernel kernel = FakeKernel.Initialized(new RecordingFileSystem(), new FuseSessionOptions { WorkerCount = 4 });
        Dictionary<ulong, ulong> expected = [];
        for (int round = 0; round < 200; round++)
        {
            for (ulong node = 1; node <= 8; node++)
                expected[kernel.Send(FuseOpcode.FUSE_GETATTR, node, Wire.Of(default(fuse_getattr_in)))] = node;
            for (int i = 0; i < 8; i++)
            {
                Reply reply = kernel.Receive();
                Assert.Equal(expected[reply.Unique], reply.As<fuse_attr_out>().attr.ino);
            }
        }
    }

    private sealed class EmptyFileSystem : FuseFileSystem;
}
