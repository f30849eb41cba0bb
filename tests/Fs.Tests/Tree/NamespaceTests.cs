using Fs.Tmpfs;

namespace Fs.Tests.Tree;

/// <summary>Names come and go as on tmpfs.</summary>
public sealed class NamespaceTests
{
    private readonly TestTree _tree = new();

    [Fact]
    public void Link_counts_follow_names_and_subdirectories()
    {
        DirectoryInode directory = _tree.MkDir("a");
        Assert.Equal((3u, 2u), (_tree.Root.LinkCount, directory.LinkCount));
        _tree.MkDir("a/b");
        RegularInode file = _tree.File("a/file");
        Assert.Equal((3u, 1u), (directory.LinkCount, file.LinkCount));
        Assert.Equal(0, _tree.Link(file, "again"));
        Assert.Equal(2u, file.LinkCount);
        Assert.Equal(0, _tree.Unlink("a/file"));
        Assert.Equal(1u, file.LinkCount);
        Assert.Equal(0, _tree.RmDir("a/b"));
        Assert.Equal(2u, directory.LinkCount);
        Assert.Equal(0, _tree.RmDir("a"));
        Assert.Equal((2u, 0u), (_tree.Root.LinkCount, directory.LinkCount));
    }

    [Fact]
    public void A_directory_is_20_bytes_an_entry()
    {
        Assert.Equal(0, _tree.Root.Contents.Size);
        _tree.File("a");
        _tree.MkDir("b");
        _tree.Symlink("c", "x");
        Assert.Equal(60, _tree.Root.Contents.Size);
        _tree.Unlink("a");
        Assert.Equal(40, _tree.Root.Contents.Size);
    }

    [Fact]
    public void Errors_of_creation()
    {
        _tree.File("a");
        Assert.Equal(-Errno.EEXIST, Create("a"));
        Assert.Equal(-Errno.ENAMETOOLONG, Create(new string('x', 256)));
        Assert.Equal(0, Create(new string('x', 255)));

        DirectoryInode removed = _tree.MkDir("gone");
        _tree.RmDir("gone");
        Assert.Equal(-Errno.ENOENT, _tree.Superblock.Create(removed, "x"u8, new RegularInode(_tree.Superblock, 0), 0, 0));
        Assert.Equal(-Errno.ENOENT, _tree.Superblock.Link(_tree.Find("a")!, removed, "x"u8));
    }

    [Fact]
    public void Errors_of_removal()
    {
        _tree.MkDir("d");
        _tree.File("d/f");
        Assert.Equal(-Errno.ENOENT, _tree.Unlink("x"));
        Assert.Equal(-Errno.EISDIR, _tree.Unlink("d"));
        Assert.Equal(-Errno.ENOENT, _tree.RmDir("x"));
        Assert.Equal(-Errno.ENOTDIR, _tree.RmDir("d/f"));
        Assert.Equal(-Errno.ENOTEMPTY, _tree.RmDir("d"));
    }

    [Fact]
    public void Errors_of_links()
    {
        RegularInode file = _tree.File("f");
        Assert.Equal(-Errno.EEXIST, _tree.Link(file, "f"));
        Assert.Equal(-Errno.EPERM, _tree.Link(_tree.MkDir("d"), "e"));
        Assert.Equal(-Errno.ENAMETOOLONG, _tree.Link(file, new string('x', 256)));
        Assert.Equal(1u, file.LinkCount);
    }

    [Fact]
    public void A_directory_with_the_setgid_bit_hands_its_group_on()
    {
        DirectoryInode directory = _tree.Make("d", new DirectoryInode(_tree.Superblock, FileMode.S_ISGID | 0x1ED), uid: 1, gid: 77);
        DirectoryInode child = _tree.Make("d/c", new DirectoryInode(_tree.Superblock, 0x1ED), uid: 5, gid: 6);
        RegularInode file = _tree.Make("d/f", new RegularInode(_tree.Superblock, 0x1A4), uid: 5, gid: 6);
        Assert.Equal((5u, 77u), (child.Uid, child.Gid));
        Assert.Equal((5u, 77u), (file.Uid, file.Gid));
        Assert.Equal(FileMode.S_ISGID, child.Mode & FileMode.S_ISGID);
        Assert.Equal(0u, file.Mode & FileMode.S_ISGID);
        Assert.Equal(FileMode.S_ISGID, directory.Mode & FileMode.S_ISGID);
    }

    [Fact]
    public void A_file_lives_while_it_has_a_name_or_the_kernel_knows_it()
    {
        RegularInode file = _tree.File("f");
        file.Mapping.Write(0, new byte[4096]);
        ulong ino = file.Ino;
        _tree.Unlink("f");
        Assert.Same(file, _tree.Superblock.Inodes.Find(ino));
        Assert.Equal(1, _tree.Superblock.Removed.Pages);
        _tree.Superblock.Forget(file, 1);
        Assert.Null(_tree.Superblock.Inodes.Find(ino));
        Assert.Equal((0L, 0L), (_tree.Superblock.Storage.UsedPages, _tree.Superblock.Removed.Pages));

        RegularInode named = _tree.File("g");
        _tree.Superblock.Forget(named, 1);
        Assert.Same(named, _tree.Superblock.Inodes.Find(named.Ino));
        _tree.Unlink("g");
        Assert.Null(_tree.Superblock.Inodes.Find(named.Ino));
    }

    [Fact]
    public void A_file_without_a_name_can_get_one()
    {
        RegularInode file = new(_tree.Superblock, 0x1A4);
        Assert.Equal(0, _tree.Superblock.CreateUnnamed(_tree.Root, file, 1, 2));
        Assert.Equal((0u, 2L), (file.LinkCount, _tree.Superblock.InodeSpace.UsedInodes));
        Assert.Equal(0, _tree.Link(file, "named"));
        Assert.Equal((1u, 2L), (file.LinkCount, _tree.Superblock.InodeSpace.UsedInodes));
        _tree.Unlink("named");
        _tree.Superblock.Forget(file, 2);
        Assert.Equal(1, _tree.Superblock.InodeSpace.UsedInodes);
    }

    [Fact]
    public void Every_further_name_counts_as_an_inode()
    {
        // mm/shmem.c: shmem_link
        TestTree tree = new(maxInodes: 4);
        RegularInode file = tree.File("a");
        Assert.Equal(0, tree.Link(file, "b"));
        tree.MkDir("d");
        Assert.Equal(4, tree.Superblock.InodeSpace.UsedInodes);
        Assert.Equal(-Errno.ENOSPC, tree.Link(file, "c"));
        Assert.Equal(-Errno.ENOSPC, tree.Superblock.Create(tree.Root, "c"u8, new RegularInode(tree.Superblock, 0), 0, 0));
        Assert.Equal(-Errno.ENOSPC, tree.Superblock.CreateUnnamed(tree.Root, new RegularInode(tree.Superblock, 0), 0, 0));
        Assert.Equal(-Errno.EEXIST, Create("d", _ = tree.Unlink("b"), tree));
        Assert.Equal(3, tree.Superblock.InodeSpace.UsedInodes);
        tree.Superblock.Forget(file, 99);
        tree.Unlink("a");
        tree.Superblock.Forget(tree.Find("d")!, 99);
        tree.RmDir("d");
        Assert.Equal(1, tree.Superblock.InodeSpace.UsedInodes);
    }

    private int Create(string name) => Create(name, 0, _tree);

    private static int Create(string name, int before, TestTree tree)
    {
        Assert.Equal(0, before);
        return tree.Superblock.Create(tree.Root, System.Text.Encoding.UTF8.GetBytes(name), new RegularInode(tree.Superblock, 0), 0, 0);
    }
}
