using Fs.Host;
using Fs.Tests.Stores;
using Fuse;
using Fuse.Testing;
using Microsoft.Win32.SafeHandles;

namespace Fs.Tests.Requests;

public sealed class CreateTests
{
    [Theory]
    [InlineData(FuseOpcode.FUSE_CREATE)]
    [InlineData(FuseOpcode.FUSE_TMPFILE)]
    public void A_file_that_cannot_be_opened_is_not_made(FuseOpcode opcode)
    {
        // The one that is tried at the start becomes the first file.
        using PrivateTmpfs storage = TmpfsStoreTests.NewTmpfs(0);
        storage.Registry = new OnlyOne();
        using MountedTree tree = new(storage, passthrough: true);
        tree.Create("first", out _);
        long inodes = tree.Superblock.InodeSpace.UsedInodes;
        int known = tree.Superblock.Inodes.All().Count();
        for (int i = 0; i < 3; i++)
            Assert.Equal(-Errno.ENOSPC, Make(tree, opcode, "f").Error);

        Assert.Equal(0ul, tree.Lookup(1, "f").nodeid);
        Assert.Equal(inodes, tree.Superblock.InodeSpace.UsedInodes);
        Assert.Equal(known, tree.Superblock.Inodes.All().Count());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Where_the_kernel_does_not_pass_through_the_page_cache_serves(bool offered)
    {
        // Nothing registers files here, as in another user namespace, or the kernel does not even offer it.
        using PrivateTmpfs storage = TmpfsStoreTests.NewTmpfs(0);
        if (!offered)
            storage.Registry = new OnlyOne();
        using MountedTree tree = new(storage, passthrough: true, FakeKernel.AllFlags & ~(offered ? 0 : InitFlags.FUSE_PASSTHROUGH));

        Assert.Equal((false, -Errno.EOPNOTSUPP), (tree.FileSystem.Passthrough, tree.FileSystem.PassthroughError));
        Assert.NotNull(tree.Superblock.HostCache);
        Assert.Equal(FOPEN.FOPEN_KEEP_CACHE, Opened(Make(tree, FuseOpcode.FUSE_CREATE, "f")).open_flags);
    }

    [Fact]
    public void What_the_kernel_reads_and_writes_itself_names_the_file_of_the_store()
    {
        using PrivateTmpfs storage = TmpfsStoreTests.NewTmpfs(0);
        storage.Registry = new OnlyOne();
        using MountedTree tree = new(storage, passthrough: true);

        Assert.Null(tree.Superblock.HostCache);
        fuse_open_out open = Opened(Make(tree, FuseOpcode.FUSE_CREATE, "f"));
        Assert.Equal((OnlyOne.Id, FOPEN.FOPEN_PASSTHROUGH | FOPEN.FOPEN_NOFLUSH), (open.backing_id, open.open_flags));
    }

    private static Reply Make(MountedTree tree, FuseOpcode opcode, string name)
        => tree.Kernel.Call(opcode, 1, Wire.Of(new fuse_create_in { flags = 2, mode = 0x81B6 }), Wire.Name(name));

    private static fuse_open_out Opened(Reply reply)
    {
        Assert.Equal(0, reply.Error);
        return Wire.As<fuse_open_out>(reply.Payload.AsSpan(Wire.Of(default(fuse_entry_out)).Length));
    }

    private sealed class OnlyOne : IBackingRegistry
    {
        public const int Id = 7;

        private bool _taken;

        public int Register(SafeFileHandle file)
        {
            if (_taken)
                return -Errno.ENOSPC;
            _taken = true;
            return Id;
        }

        public void Unregister(int id) => _taken = false;
    }
}
