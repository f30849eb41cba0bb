using System.Diagnostics;

namespace Fuse.Tests;

/// <summary>
/// An unmount overtakes requests that nobody waits for, as RELEASE: reading one of them fails then as an abort does. That
/// happened in one of thirty rounds.
/// </summary>
public sealed class UnmountRaceTests
{
    private const int Rounds = 60;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task AnUnmountIsNoAbortWhateverIsOnItsWay()
    {
        DirectoryInfo directory = Directory.CreateTempSubdirectory("fuse-test-");
        try
        {
            for (int round = 0; round < Rounds; round++)
                await OpenAndUnmount(directory.FullName);
        }
        finally
        {
            directory.Delete();
        }
    }

    private static async Task OpenAndUnmount(string directory)
    {
        using FuseMount mount = FuseMount.Mount(directory);
        using FuseSession session = new(
            new Files(), mount, new FuseSessionOptions { WantedFlags = InitFlags.FUSE_ABORT_ERROR, UseIoUring = false });
        session.Start();
        using (Process client = Process.Start("bash", ["-c", "for i in {1..1000}; do exec {f}<$0/$i; done", directory]))
        {
            await client.WaitForExitAsync().WaitAsync(s_patience);
            Assert.Equal(0, client.ExitCode);
        }

        int error;
        while ((error = mount.Unmount()) == -Errno.EBUSY)
            Thread.Yield();
        Assert.Equal(0, error);
        await session.Completion.WaitAsync(s_patience);
    }

    private sealed class Files : FuseFileSystem
    {
        private const uint S_IFDIR = 0x4000;
        private const uint S_IFREG = 0x8000;
        private int _last = 1; // Interlocked

        public override int Lookup(FuseRequest request, ulong parent, ReadOnlySpan<byte> name, ref fuse_entry_out entry)
        {
            entry.nodeid = entry.attr.ino = (ulong)Interlocked.Increment(ref _last);
            entry.attr.mode = S_IFREG | 0x1B6;
            entry.attr.nlink = 1;
            entry.entry_valid = entry.attr_valid = 60;
            return 0;
        }

        public override int GetAttr(FuseRequest request, ulong node, in fuse_getattr_in arg, ref fuse_attr_out attributes)
        {
            attributes.attr.ino = node;
            attributes.attr.mode = (node == 1 ? S_IFDIR : S_IFREG) | 0x1FF;
            attributes.attr.nlink = 1;
            return 0;
        }

        public override int Open(FuseRequest request, ulong node, in fuse_open_in arg, ref fuse_open_out open) => 0;

        public override int Release(FuseRequest request, ulong node, in fuse_release_in arg)
        {
            Thread.SpinWait(500); // so that some are left for the unmount to overtake
            return 0;
        }
    }
}
