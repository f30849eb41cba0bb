using Fs.Host;
using Fs.Tests.Stores;
using Fuse;
using Fuse.Testing;

namespace Fs.Tests.Requests;

public sealed class CreateTests
{
    [Theory]
    [InlineData(FuseOpcode.FUSE_CREATE)]
    [InlineData(FuseOpcode.FUSE_TMPFILE)]
    public void A_file_that_cannot_be_opened_is_not_made(FuseOpcode opcode)
    {
        // Nothing registers files with the kernel here, so no open can succeed.
        using PrivateTmpfs storage = TmpfsStoreTests.NewTmpfs(0);
        using MountedTree tree = new(storage, passthrough: true);
        long inodes = tree.Superblock.InodeSpace.UsedInodes;
        for (int i = 0; i < 3; i++)
        {
            Reply reply = tree.Kernel.Call(opcode, 1, Wire.Of(new fuse_create_in { flags = 2, mode = 0x81B6 }), Wire.Name("f"));
            Assert.Equal(-Errno.EOPNOTSUPP, reply.Error);
        }

        Assert.Equal(0ul, tree.Lookup(1, "f").nodeid);
        Assert.Equal(inodes, tree.Superblock.InodeSpace.UsedInodes);
        Assert.Same(tree.Superblock.Root, Assert.Single(tree.Superblock.Inodes.All()));
    }
}
