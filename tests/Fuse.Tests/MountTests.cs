using System.Diagnostics;
using System.Text;

namespace Fuse.Tests;

/// <summary>The real kernel. One at a time, beside nothing that measures.</summary>
[Collection("Alone")]
public sealed class MountTests
{
    private const int SIGTERM = 15;
    private const int SIGKILL = 9;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    [Fact]
    public void FilesLiveOnAMountMadeByTheSystemCall() => UseFiles(MountMethod.SystemCall);

    [Fact]
    public void FilesLiveOnAMountMadeByFusermount() => UseFiles(MountMethod.Fusermount);

    [Fact]
    public void TheMountTableShowsTypeAndSource()
    {
        using ServedMount mount = new(MountMethod.Auto);

        string line = File.ReadLines("/proc/self/mountinfo").Single(entry => entry.Contains(mount.MountPoint, StringComparison.Ordinal));

        Assert.Contains("fuse.fusetest test,server", line, StringComparison.Ordinal);
        Assert.Contains($" 0:{mount.Connection} ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("nodev", line, StringComparison.Ordinal);
        Assert.DoesNotContain("nosuid", line, StringComparison.Ordinal);
    }

    [Fact]
    public void FusermountAsRootDoesNotForceNodev()
    {
        using ServedMount mount = new(MountMethod.Fusermount);

        string line = File.ReadLines("/proc/self/mountinfo").Single(entry => entry.Contains(mount.MountPoint, StringComparison.Ordinal));

        Assert.Contains("fuse.fusetest test,server", line, StringComparison.Ordinal);
        Assert.DoesNotContain("nodev", line, StringComparison.Ordinal);
        Assert.DoesNotContain("nosuid", line, StringComparison.Ordinal);
    }

    [Fact]
    public void UmountFromOutsideEndsTheServer()
    {
        using ServedMount mount = new(MountMethod.SystemCall);
        Assert.Equal(0, Run("umount", mount.MountPoint));
        AssertCleanEnd(mount);
    }

    [Fact]
    public void FusermountUnmountsFromOutside()
    {
        using ServedMount mount = new(MountMethod.Fusermount);
        Assert.Equal(0, Run("fusermount3", "-u", mount.MountPoint));
        AssertCleanEnd(mount);
    }

    [Fact]
    public void SigtermUnmounts()
    {
        foreach (MountMethod method in new[] { MountMethod.SystemCall, MountMethod.Fusermount })
        {
            using ServedMount mount = new(method);
            Assert.Equal(0, TestLibc.kill(mount.ServerId, SIGTERM));
            AssertCleanEnd(mount);
        }
    }

    [Fact]
    public void SigtermWithAnOpenFileDetachesAndEndsWithTheFile()
    {
        using ServedMount mount = new(MountMethod.SystemCall);
        using (FileStream open = new(mount.At("f"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0))
        {
            Assert.Equal(0, TestLibc.kill(mount.ServerId, SIGTERM));
            Assert.True(SpinWait.SpinUntil(() => !mount.IsMounted, TimeSpan.FromSeconds(10)));
            open.Write("still served"u8);
            Assert.Equal(12, RandomAccess.GetLength(open.SafeFileHandle));
        }

        AssertCleanEnd(mount);
    }

    [Fact]
    public void AKilledServerLeavesADeadMountThatCanBeUnmounted()
    {
        using ServedMount mount = new(MountMethod.SystemCall);

        Assert.Equal(0, TestLibc.kill(mount.ServerId, SIGKILL));

        Assert.NotNull(mount.WaitForServer());
        Assert.True(mount.IsMounted);
        // ENOTCONN; ECONNABORTED while the queues of io_uring are not gone yet.
        Assert.Throws<IOException>(() => File.GetAttributes(mount.At("x")));
        // A new server says what is in its way.
        using (ServedMount second = new(MountMethod.SystemCall, mount.MountPoint))
            Assert.Contains("dead FUSE mount", second.Errors, StringComparison.Ordinal);
        Assert.False(mount.IsMounted);
    }

    [Fact]
    public void AbortEndsAConnectionThatHangs()
    {
        using ServedMount mount = new(MountMethod.SystemCall);
        using Process victim = Process.Start(new ProcessStartInfo("stat") { ArgumentList = { mount.At("hang-for-good") }, RedirectStandardError = true })!;
        Assert.False(victim.WaitForExit(TimeSpan.FromMilliseconds(300)));

        Assert.Equal(0, FuseControl.Abort(mount.Connection));

        Assert.True(victim.WaitForExit(TimeSpan.FromSeconds(10)));
        Assert.Equal(1, mount.WaitForServer());
        Assert.Equal(0, FuseControl.Abort(mount.Connection + 100_000));
    }

    [Fact]
    public void AKilledCallerInterruptsItsRequest()
    {
        using ServedMount mount = new(MountMethod.SystemCall);
        using Process victim = Process.Start(new ProcessStartInfo("stat") { ArgumentList = { mount.At("hang") }, RedirectStandardError = true })!;
        Assert.False(victim.WaitForExit(TimeSpan.FromMilliseconds(300)));

        victim.Kill();

        Assert.True(victim.WaitForExit(TimeSpan.FromSeconds(10)));
        File.WriteAllText(mount.At("alive"), "yes");
        Assert.Equal("yes", File.ReadAllText(mount.At("alive")));
    }

    [Fact]
    public void AHandlerThatThrowsIsEioForTheCaller()
    {
        using ServedMount mount = new(MountMethod.SystemCall);
        Assert.Throws<IOException>(() => File.ReadAllText(mount.At("throw")));
        Assert.Throws<IOException>(() => File.ReadAllText(mount.At("throw")));
        Assert.False(File.Exists(mount.At("other")));
    }

    [Fact]
    public void PassthroughReadsAndWritesTheBackingFile()
    {
        using ServedMount mount = new(MountMethod.SystemCall);
        byte[] data = new byte[1024 * 1024];
        new Random(2).NextBytes(data);

        File.WriteAllBytes(mount.At("pass-file"), data);

        // The server answers EIO to a READ or WRITE of this file that reaches it.
        Assert.Equal(data, File.ReadAllBytes(mount.At("pass-file")));
    }

    [Fact]
    public unsafe void InvalidationMakesTheKernelReadAgain()
    {
        const int change = 0x7401; // _IO('t', 1)
        using ServedMount mount = new(MountMethod.SystemCall);
        using FileStream file = new(mount.At("f"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        file.Write("aaaa"u8);
        byte[] contents = new byte[4];

        Assert.Equal(4, RandomAccess.Read(file.SafeFileHandle, contents, 0));
        Assert.Equal("aaaa", Wire.Text(contents));
        Assert.Equal(0, Libc.ioctl((int)file.SafeFileHandle.DangerousGetHandle(), change, null));
        Assert.Equal(4, RandomAccess.Read(file.SafeFileHandle, contents, 0));

        Assert.Equal("zzzz", Wire.Text(contents));
    }

    [Fact]
    public void WhatCannotBeMountedOnIsRefusedWithTheReason()
    {
        using (ServedMount missing = new(MountMethod.Auto, "/does/not/exist"))
            Assert.Contains("errno 2", missing.Errors, StringComparison.Ordinal);

        string file = Path.GetTempFileName();
        try
        {
            using ServedMount onFile = new(MountMethod.Auto, file);
            Assert.Contains("errno 20", onFile.Errors, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public void AMissingFusermountIsNamedWithItsPackage()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("fuse-test-");
        try
        {
            MountOptions options = new() { Method = MountMethod.Fusermount, FusermountPath = "/nonexistent/fusermount3" };
            FuseMountException failure = Assert.Throws<FuseMountException>(() => FuseMount.Mount(directory.FullName, options));
            Assert.Contains("package fuse3", failure.Message, StringComparison.Ordinal);

            options = new() { Method = MountMethod.Fusermount, FusermountPath = "false" };
            failure = Assert.Throws<FuseMountException>(() => FuseMount.Mount(directory.FullName, options));
            Assert.Contains("exit code 1", failure.Message, StringComparison.Ordinal);
        }
        finally
        {
            directory.Delete();
        }
    }

    [Fact]
    public void AMountWithoutASessionGoesAwayWhenDisposed()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("fuse-test-");
        try
        {
            using (FuseMount mount = FuseMount.Mount(directory.FullName))
            {
                Assert.True(mount.IsMounted);
                Assert.Equal(0, mount.Abort()); // nobody serves: unmounting would wait for answers
            }

            Assert.Null(ServedMount.EntryOf(directory.FullName));
        }
        finally
        {
            directory.Delete();
        }
    }

    [Fact]
    public void WhatHasTheNumbersOfAnEndedMountIsLeftAlone()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("fuse-test-");
        List<FuseMount> mounts = [];
        try
        {
            using FuseMount first = FuseMount.Mount(directory.FullName);
            Assert.Equal(0, first.Abort());
            Assert.Equal(0, first.Unmount());
            FuseMount next;
            do
            {
                Assert.True(mounts.Count < 50, "the number does not come back");
                next = FuseMount.Mount(directory.FullName);
                mounts.Add(next);
            }
            while (next.ConnectionNumber != first.ConnectionNumber);

            Assert.Equal(0, first.Abort());
            Assert.False(first.IsMounted);
            Assert.Equal(0, first.Unmount(lazy: true));

            Assert.True(next.Device.IsConnected());
            Assert.True(next.IsMounted);
        }
        finally
        {
            mounts.Reverse();
            foreach (FuseMount mount in mounts)
            {
                _ = mount.Abort();
                mount.Dispose();
            }

            directory.Delete();
        }
    }

    [Fact]
    public async Task WhatHasTheNumbersOfAMountThatWasUnmountedFromOutsideIsLeftAlone()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("fuse-test-");
        FuseMount? next = null;
        try
        {
            FuseMount first = FuseMount.Mount(directory.FullName);
            using FuseSession session = new(new RecordingFileSystem(), first);
            session.Start();
            await session.Initialized.WaitAsync(s_patience);
            Assert.Equal(0, Run("umount", directory.FullName));
            await session.Completion.WaitAsync(s_patience);
            next = FuseMount.Mount(directory.FullName); // mostly with the same numbers

            first.Dispose();

            Assert.True(next.IsMounted);
        }
        finally
        {
            _ = next?.Abort();
            next?.Dispose();
            directory.Delete();
        }
    }

    private static void UseFiles(MountMethod method)
    {
        using ServedMount mount = new(method);
        Assert.Equal("", mount.Errors);
        byte[] data = new byte[3 * 1024 * 1024 + 17];
        new Random(1).NextBytes(data);

        Directory.CreateDirectory(mount.At("dir"));
        File.WriteAllBytes(mount.At("dir/a"), data);
        File.Move(mount.At("dir/a"), mount.At("dir/b"));
        for (int i = 0; i < 300; i++)
            File.WriteAllText(mount.At($"dir/file with a rather long name {i:D4}"), "x");

        Assert.Equal(data, File.ReadAllBytes(mount.At("dir/b")));
        Assert.Equal(301, Directory.GetFiles(mount.At("dir")).Length);
        Assert.Equal(0, Run("mknod", mount.At("null"), "c", "1", "3"));
        File.WriteAllBytes(mount.At("null"), Encoding.UTF8.GetBytes("a device node works"));
        File.Delete(mount.At("dir/b"));
        Assert.False(File.Exists(mount.At("dir/b")));
        Assert.Equal(0, Run("umount", mount.MountPoint));
        AssertCleanEnd(mount);
    }

    private static void AssertCleanEnd(ServedMount mount)
    {
        Assert.Equal(0, mount.WaitForServer());
        Assert.False(mount.IsMounted);
        Assert.Empty(Directory.GetFileSystemEntries(mount.MountPoint));
    }

    private static int Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(program, arguments);
        process.WaitForExit();
        return process.ExitCode;
    }
}
