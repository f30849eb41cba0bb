using Fs.Tmpfs;

namespace Fs.Tests.Tree;

public sealed class InodeTableTests
{
    private readonly TestTree _tree = new();

    [Fact]
    public void The_root_is_number_1()
    {
        Assert.Equal(1ul, _tree.Root.Ino);
        Assert.Same(_tree.Root, _tree.Superblock.Inodes.Find(1));
        Assert.Null(_tree.Superblock.Inodes.Find(0));
        Assert.Null(_tree.Superblock.Inodes.Find(2));
        Assert.Null(_tree.Superblock.Inodes.Find(ulong.MaxValue));
    }

    [Fact]
    public void A_number_never_names_two_files()
    {
        HashSet<ulong> used = [];
        for (int i = 0; i < 5000; i++)
        {
            RegularInode file = _tree.File("f");
            Assert.True(used.Add(file.Ino));
            Assert.Same(file, _tree.Superblock.Inodes.Find(file.Ino));
            _tree.Unlink("f");
            _tree.Superblock.Forget(file, 1);
            Assert.Null(_tree.Superblock.Inodes.Find(file.Ino));
        }

        // One slot did for all of them, and the two highest bits stay free for proc.
        Assert.Single(used.Select(static ino => (uint)ino).Distinct());
        Assert.All(used, static ino => Assert.Equal(0ul, ino >> 62));
    }

    [Fact]
    public void It_grows_and_finds_everything()
    {
        InodeTable table = new();
        Inode[] inodes = [.. Enumerable.Range(0, 10_000).Select(_ => new RegularInode(_tree.Superblock, 0))];
        foreach (Inode inode in inodes)
            table.Add(inode);
        Assert.All(inodes, inode => Assert.Same(inode, table.Find(inode.Ino)));
        Assert.Equal(10_000, table.All().Count());
        foreach (Inode inode in inodes.Where((_, i) => i % 2 == 0))
            table.Remove(inode);
        Assert.Equal(5000, table.All().Count());
        Assert.All(inodes.Where((_, i) => i % 2 == 0), inode => Assert.Null(table.Find(inode.Ino)));
        Assert.All(inodes.Where((_, i) => i % 2 == 1), inode => Assert.Same(inode, table.Find(inode.Ino)));
    }
}
