using System.Diagnostics;
using System.Text;

namespace Fuse.Tests;

/// <summary>
/// The real kernel, over io_uring. On one that has none a session that wants it does as well with the device.
/// </summary>
[Collection("Alone")]
public sealed class UringMountTests
{
    private const int SIGKILL = 9;
    private const int Deferred = 0x7402; // _IO('t', 2): answered from another thread
    private const int Hold = 0x7403; // _IO('t', 3): answered by the next
    private const int LetGo = 0x7404; // _IO('t', 4)

    [Fact]
    public void WithoutTheParameterRequestsAreReadAndWritten()
    {
        using ServedMount mount = Mount(on: false);
        Assert.Equal(FuseTransport.ReadWrite, mount.Transport);
        File.WriteAllText(mount.At("f"), "x");
        AssertUnmounts(mount);
    }

    [Fact]
    public void EveryKindOfOperationWorks()
    {
        using ServedMount mount = Mount();
        byte[] data = new byte[(5 * 1024 * 1024) + 17];
        new Random(1).NextBytes(data);
        string longName = new('n', 255);

        Directory.CreateDirectory(mount.At("dir"));
        File.WriteAllBytes(mount.At("a"), data);
        File.Move(mount.At("a"), mount.At("dir/b"));
        Assert.Equal(data, File.ReadAllBytes(mount.At("dir/b")));
        for (int i = 0; i < 300; i++)
            File.WriteAllText(mount.At($"dir/file with a rather long name {i:D4}"), "x");
        Assert.Equal(301, Directory.GetFiles(mount.At("dir")).Length);
        File.WriteAllText(mount.At(longName), "long");
        Assert.Equal("long", File.ReadAllText(mount.At(longName)));
        Assert.ThrowsAny<IOException>(() => File.WriteAllText(mount.At(longName + "n"), ""));
        Assert.Equal(0, Run("mknod", mount.At("null"), "c", "1", "3"));
        Assert.Throws<IOException>(() => File.ReadAllText(mount.At("throw")));
        File.WriteAllBytes(mount.At("pass-file"), data);
        Assert.Equal(data, File.ReadAllBytes(mount.At("pass-file")));
        File.Delete(mount.At("dir/b"));
        Assert.False(File.Exists(mount.At("dir/b")));
        AssertUnmounts(mount);
    }

    [Fact]
    public void AttributesOfAnyLengthComeAndGo()
    {
        using ServedMount mount = Mount();
        File.WriteAllText(mount.At("f"), "");
        foreach (int length in new[] { 0, 1, 300, 65536 })
        {
            byte[] value = new byte[length];
            new Random(length).NextBytes(value);
            Assert.Equal(0, TestLibc.setxattr(mount.At("f"), $"user.{length}", value, (nuint)length, 0));
            byte[] read = new byte[65536];
            Assert.Equal(length, TestLibc.getxattr(mount.At("f"), $"user.{length}", null, 0));
            Assert.Equal(length, TestLibc.getxattr(mount.At("f"), $"user.{length}", read, (nuint)read.Length));
            Assert.Equal(value, read[..length]);
        }

        AssertUnmounts(mount);
    }

    [Fact]
    public void ManyThreadsAtOnceGetTheirOwnAnswers()
    {
        using ServedMount mount = Mount(depth: 2);
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, worker =>
        {
            for (int round = 0; round < 20; round++)
            {
                byte[] data = new byte[100_000 + worker];
                Array.Fill(data, (byte)((worker * 20) + round));
                string name = mount.At($"{worker}-{round}");
                File.WriteAllBytes(name, data);
                Assert.Equal(data, File.ReadAllBytes(name));
                File.Delete(name);
            }
        });
        AssertUnmounts(mount);
    }

    [Fact]
    public unsafe void MoreDeferredRequestsThanEntriesDoNotBlockTheOneThatReleasesThem()
    {
        const int callers = 24;
        using ServedMount mount = Mount(depth: 1);
        using FileStream file = new(mount.At("f"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        int fd = (int)file.SafeFileHandle.DangerousGetHandle();
        int released = 0;
        for (int round = 1; round <= 5; round++)
        {
            using Barrier together = new(callers); // more at once than there are entries: some wait in the kernel
            Thread[] held = new Thread[callers];
            for (int i = 0; i < callers; i++)
            {
                held[i] = new Thread(() =>
                {
                    together.SignalAndWait();
                    _ = Interlocked.Add(ref released, Libc.ioctl(fd, Hold, null) == 43 ? 1 : 0);
                });
                held[i].Start();
            }

            // Nobody but the callers wakes the queues meanwhile.
            Thread.Sleep(200);
            Assert.Equal(callers, new FileInfo(mount.At("held")).Length);
            Assert.Equal(0, Libc.ioctl(fd, LetGo, null));
            Assert.All(held, thread => Assert.True(thread.Join(TimeSpan.FromSeconds(10))));
            Assert.Equal(round * callers, released);
        }

        file.Dispose();
        AssertUnmounts(mount);
    }

    [Fact]
    public unsafe void DeferredRepliesComeBackFromOtherThreads()
    {
        using ServedMount mount = Mount(depth: 1);
        Parallel.For(0, 8, new ParallelOptions { MaxDegreeOfParallelism = 8 }, worker =>
        {
            using FileStream file = new(mount.At($"f{worker}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            for (int round = 0; round < 100; round++)
                Assert.Equal(42, Libc.ioctl((int)file.SafeFileHandle.DangerousGetHandle(), Deferred, null));
        });
        AssertUnmounts(mount);
    }

    [Fact]
    public void RequestsAllocateNothing()
    {
        using ServedMount mount = Mount();
        File.WriteAllText(mount.At("f"), "x");
        using FileStream file = new(mount.At("f"), FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        void Stat(int rounds)
        {
            for (int i = 0; i < rounds; i++)
                _ = RandomAccess.GetLength(file.SafeFileHandle);
        }

        Stat(2_000);
        long before = new FileInfo(mount.At("allocated")).Length;
        Stat(20_000);
        long allocated = new FileInfo(mount.At("allocated")).Length - before;

        // One object a request would be 480 KB.
        Assert.InRange(allocated, 0, 100_000);
    }

    [Fact]
    public void ABusyMountUnmountsLazilyAndEndsWithItsLastFile()
    {
        using ServedMount mount = Mount();
        using (FileStream open = new(mount.At("f"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0))
        {
            Assert.NotEqual(0, Run("umount", mount.MountPoint));
            Assert.Equal(0, Run("umount", "-l", mount.MountPoint));
            open.Write(new byte[300_000]);
            Assert.Equal(300_000, RandomAccess.GetLength(open.SafeFileHandle));
        }

        Assert.Equal(0, mount.WaitForServer());
    }

    [Fact]
    public async Task AKilledServerUnderLoadLeavesADeadMount()
    {
        using ServedMount mount = Mount();
        Task[] load = Load(mount);
        using Process hanging = Stat(mount.At("hang-for-good"));

        Assert.Equal(0, TestLibc.kill(mount.ServerId, SIGKILL));

        await Task.WhenAll(load).WaitAsync(TimeSpan.FromSeconds(15));
        Assert.True(hanging.WaitForExit(TimeSpan.FromSeconds(10)));
        Assert.NotNull(mount.WaitForServer());
        Assert.Throws<IOException>(() => File.GetAttributes(mount.At("x")));
    }

    [Fact]
    public async Task AbortUnderLoadEndsTheServer()
    {
        using ServedMount mount = Mount();
        Task[] load = Load(mount);
        using Process hanging = Stat(mount.At("hang-for-good"));

        Assert.Equal(0, FuseControl.Abort(mount.Connection));

        await Task.WhenAll(load).WaitAsync(TimeSpan.FromSeconds(15));
        Assert.True(hanging.WaitForExit(TimeSpan.FromSeconds(10)));
        Assert.Equal(1, mount.WaitForServer());
    }

    private static ServedMount Mount(bool on = true, int depth = 8)
    {
        using UringParameter? parameter = UringParameter.IsThere ? new UringParameter(on) : null;
        ServedMount mount = new(MountMethod.SystemCall, ringDepth: depth);
        Assert.Equal("", mount.Errors);
        Assert.Equal(on && UringParameter.IsThere ? FuseTransport.IoUring : FuseTransport.ReadWrite, mount.Transport);
        return mount;
    }

    /// <summary>Writers that go on until the mount fails them.</summary>
    private static Task[] Load(ServedMount mount)
    {
        Directory.CreateDirectory(mount.At("load"));
        using CountdownEvent running = new(4);
        Task[] load = [.. Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            byte[] data = Encoding.UTF8.GetBytes(new string('x', 200_000));
            try
            {
                for (int round = 0; ; round++)
                {
                    File.WriteAllBytes(mount.At($"load/{worker}"), data);
                    if (round == 3)
                        running.Signal();
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException) // ENOTCONN, ECONNABORTED; ECANCELED
            {
            }
        }))];
        Assert.True(running.Wait(TimeSpan.FromSeconds(10)));
        return load;
    }

    private static Process Stat(string path)
        => Process.Start(new ProcessStartInfo("stat") { ArgumentList = { path }, RedirectStandardError = true })!;

    private static void AssertUnmounts(ServedMount mount)
    {
        Assert.Equal(0, Run("umount", mount.MountPoint));
        Assert.Equal(0, mount.WaitForServer());
        Assert.False(mount.IsMounted);
    }

    private static int Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
