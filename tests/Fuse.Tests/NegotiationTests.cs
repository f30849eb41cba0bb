namespace Fuse.Tests;

public sealed class NegotiationTests
{
    [Fact]
    public async Task TheNewestKernelGetsWhatTheFileSystemWantsAndTheKernelOffers()
    {
        const InitFlags wanted = InitFlags.FUSE_PASSTHROUGH | InitFlags.FUSE_HANDLE_KILLPRIV_V2 | InitFlags.FUSE_CREATE_SUPP_GROUP;
        RecordingFileSystem fileSystem = new() { Negotiating = connection => connection.Wanted = wanted };
        using FakeKernel kernel = new(fileSystem, new FuseSessionOptions { WorkerCount = 1, MaxBackground = 64, CongestionThreshold = 48 });

        fuse_init_out answer = kernel.Init(flags: FakeKernel.AllFlags & ~InitFlags.FUSE_CREATE_SUPP_GROUP).As<fuse_init_out>();

        InitFlags flags = Flags(answer);
        Assert.Equal((7u, 45u), (answer.major, answer.minor));
        Assert.Equal(
            InitFlags.FUSE_PASSTHROUGH | InitFlags.FUSE_HANDLE_KILLPRIV_V2 | InitFlags.FUSE_INIT_EXT | InitFlags.FUSE_MAX_PAGES
                | InitFlags.FUSE_BIG_WRITES | InitFlags.FUSE_SETXATTR_EXT,
            flags);
        Assert.Equal(1024u * 1024, answer.max_write);
        Assert.Equal(256, answer.max_pages);
        Assert.Equal(1u, answer.time_gran);
        Assert.Equal(1u, answer.max_stack_depth);
        Assert.Equal((64, 48), (answer.max_background, answer.congestion_threshold));
        await kernel.Session.Initialized;
        Assert.Equal(flags, kernel.Session.Connection.Flags);
        Assert.Throws<InvalidOperationException>(() => kernel.Session.Connection.Wanted = 0);
    }

    [Fact]
    public async Task AnOldKernelWithoutMaxPagesGets32Pages()
    {
        using FakeKernel kernel = new(new RecordingFileSystem());

        fuse_init_out answer = kernel.Init(minor: 31, flags: InitFlags.FUSE_ASYNC_READ | InitFlags.FUSE_BIG_WRITES).As<fuse_init_out>();

        Assert.Equal(31u, answer.minor);
        Assert.Equal(128u * 1024, answer.max_write);
        Assert.Equal(0, answer.max_pages);
        Assert.Equal(InitFlags.FUSE_ASYNC_READ | InitFlags.FUSE_BIG_WRITES, Flags(answer));
        await kernel.Session.Initialized;
        Assert.Equal(31u, kernel.Session.Connection.Minor);
    }

    [Fact]
    public void HighFlagsAreIgnoredWithoutInitExt()
    {
        using FakeKernel kernel = new(new RecordingFileSystem { Negotiating = connection => connection.Wanted = InitFlags.FUSE_PASSTHROUGH });

        fuse_init_out answer = kernel.Init(flags: FakeKernel.AllFlags & ~InitFlags.FUSE_INIT_EXT).As<fuse_init_out>();

        Assert.Equal(0u, answer.flags2);
        Assert.Equal(0u, answer.max_stack_depth);
    }

    [Theory]
    [InlineData(InitFlags.FUSE_OVER_IO_URING)]
    [InlineData(InitFlags.FUSE_POSIX_LOCKS)]
    [InlineData(InitFlags.FUSE_FLOCK_LOCKS)]
    [InlineData(InitFlags.FUSE_SPLICE_READ)]
    public void WhatTheSessionCannotDoIsNeverAskedFor(InitFlags flag)
    {
        using FakeKernel kernel = new(new RecordingFileSystem { Negotiating = connection => connection.Wanted |= flag });

        fuse_init_out answer = kernel.Init().As<fuse_init_out>();

        Assert.Equal(default, Flags(answer) & flag);
    }

    [Fact]
    public void PassthroughTurnsWriteBackOff()
    {
        const InitFlags both = InitFlags.FUSE_PASSTHROUGH | InitFlags.FUSE_WRITEBACK_CACHE;
        using FakeKernel kernel = new(new RecordingFileSystem { Negotiating = connection => connection.Wanted = both });

        fuse_init_out answer = kernel.Init().As<fuse_init_out>();

        Assert.Equal(default, Flags(answer) & InitFlags.FUSE_WRITEBACK_CACHE);
    }

    [Fact]
    public void AKernelOlderThan31IsAnsweredAndRefused()
    {
        RecordingFileSystem fileSystem = new();
        using FakeKernel kernel = new(fileSystem);

        Assert.Equal(-Errno.EPROTO, kernel.Init(minor: 30, flags: 0).Error);

        FuseProtocolException failure = Assert.Throws<FuseProtocolException>(() => kernel.Session.Completion.GetAwaiter().GetResult());
        Assert.Contains("7.30", failure.Message, StringComparison.Ordinal);
        Assert.Throws<FuseProtocolException>(() => kernel.Session.Initialized.GetAwaiter().GetResult());
        Assert.Equal(1, fileSystem.Destroyed);
    }

    [Fact]
    public void ANewerMajorIsOfferedOursAndAsksAgain()
    {
        using FakeKernel kernel = new(new RecordingFileSystem());

        fuse_init_out first = kernel.Init(minor: 3, major: 8).As<fuse_init_out>();
        Assert.Equal((7u, 45u, 0u), (first.major, first.minor, first.flags));

        fuse_init_out second = kernel.Init().As<fuse_init_out>();
        Assert.Equal((7u, 45u), (second.major, second.minor));
        kernel.AssertSilent();
    }

    [Fact]
    public void ANewerMinorIsAnsweredWithOurs()
    {
        using FakeKernel kernel = new(new RecordingFileSystem());

        Assert.Equal(45u, kernel.Init(minor: 60).As<fuse_init_out>().minor);
    }

    [Fact]
    public void ATooShortInitIsRefused()
    {
        using FakeKernel kernel = new(new RecordingFileSystem());

        Assert.Equal(-Errno.EIO, kernel.Call(FuseOpcode.FUSE_INIT, 0, [7, 0, 0, 0, 45, 0, 0, 0, 0]).Error);

        Assert.True(kernel.Session.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.True(kernel.Session.Completion.IsFaulted);
    }

    [Fact]
    public void RequestsBeforeInitAreRefused()
    {
        using FakeKernel kernel = new(new RecordingFileSystem());

        Assert.Equal(-Errno.EIO, kernel.Call(FuseOpcode.FUSE_GETATTR, 1, Wire.Of(default(fuse_getattr_in))).Error);
        Assert.Equal(0, kernel.Init().Error);
    }

    [Fact]
    public void AFileSystemThatThrowsInInitEndsTheSessionWithItsException()
    {
        using FakeKernel kernel = new(new RecordingFileSystem { Negotiating = _ => throw new NotSupportedException("no") });

        kernel.Send(FuseOpcode.FUSE_INIT, 0, Wire.Of(new fuse_init_in { major = 7, minor = 45 }));

        Assert.Throws<NotSupportedException>(() => kernel.Session.Completion.GetAwaiter().GetResult());
    }

    private static InitFlags Flags(in fuse_init_out answer) => (InitFlags)(answer.flags | ((ulong)answer.flags2 << 32));
}
