using Fs.Tmpfs;

namespace Fs.Tests.Tree;

/// <summary>rename(2) and its flags, as shmem_rename2.</summary>
public sealed class RenameTests
{
    private const uint RENAME_NOREPLACE = 1;
    private const uint RENAME_EXCHANGE = 2;
    private const uint RENAME_WHITEOUT = 4;
    private readonly TestTree _tree = new(maxInodes: 20);

    [Fact]
    public void A_file_moves_within_and_across_directories()
    {
        DirectoryInode a = _tree.MkDir("a");
        DirectoryInode b = _tree.MkDir("b");
        RegularInode file = _tree.File("a/f");
        Assert.Equal(0, _tree.Rename("a/f", "a/g"));
        Assert.Equal(0, _tree.Rename("a/g", "b/h"));
        Assert.Same(file, _tree.Find("b/h"));
        Assert.Equal("/b/h", TestTree.PathOf(file));
        Assert.Equal((0, 1, 1u), (a.Count, b.Count, file.LinkCount));
    }

    [Fact]
    public void A_directory_takes_its_link_along()
    {
        DirectoryInode a = _tree.MkDir("a");
        DirectoryInode b = _tree.MkDir("b");
        DirectoryInode moved = _tree.MkDir("a/d");
        _tree.File("a/d/f");
        Assert.Equal(0, _tree.Rename("a/d", "b/e"));
        Assert.Equal((2u, 3u, 2u), (a.LinkCount, b.LinkCount, moved.LinkCount));
        Assert.Same(b, moved.Parent);
        Assert.Equal("/b/e/f", TestTree.PathOf(_tree.Find("b/e/f")!));
    }

    [Fact]
    public void A_target_is_replaced_and_goes_away()
    {
        RegularInode kept = _tree.File("a");
        RegularInode replaced = _tree.File("b");
        replaced.Mapping.Write(0, new byte[4096]);
        _tree.Superblock.Forget(replaced, 1);
        long inodes = _tree.Superblock.InodeSpace.UsedInodes;
        Assert.Equal(0, _tree.Rename("a", "b"));
        Assert.Same(kept, _tree.Find("b"));
        Assert.Null(_tree.Superblock.Inodes.Find(replaced.Ino));
        Assert.Equal((0u, inodes - 1, 0L), (replaced.LinkCount, _tree.Superblock.InodeSpace.UsedInodes, _tree.Superblock.Storage.UsedPages));
    }

    [Fact]
    public void An_empty_directory_is_replaced_by_a_directory_only()
    {
        _tree.MkDir("d");
        _tree.MkDir("empty");
        _tree.MkDir("full");
        _tree.File("full/x");
        _tree.File("f");
        Assert.Equal(-Errno.EISDIR, _tree.Rename("f", "empty"));
        Assert.Equal(-Errno.ENOTDIR, _tree.Rename("d", "f"));
        Assert.Equal(-Errno.ENOTEMPTY, _tree.Rename("d", "full"));
        Assert.Equal(0, _tree.Rename("d", "empty"));
        Assert.Equal("full f empty", TestTree.List(_tree.Root));
        Assert.Equal(4u, _tree.Root.LinkCount);
        Assert.Equal(0, _tree.Rename("full", "empty/full"));
        Assert.Equal(3u, _tree.Root.LinkCount);
    }

    [Fact]
    public void Two_names_of_one_file_stay_two()
    {
        RegularInode file = _tree.File("a");
        _tree.Link(file, "b");
        Assert.Equal(0, _tree.Rename("a", "b"));
        Assert.Equal(("a b", 2u), (TestTree.List(_tree.Root), file.LinkCount));
        Assert.Equal(-Errno.EEXIST, _tree.Rename("a", "b", RENAME_NOREPLACE));
    }

    [Fact]
    public void A_directory_cannot_move_into_itself_or_below()
    {
        _tree.MkDir("a");
        _tree.MkDir("a/b");
        _tree.MkDir("a/b/c");
        _tree.File("f");
        Assert.Equal(-Errno.EINVAL, _tree.Rename("a", "a/x"));
        Assert.Equal(-Errno.EINVAL, _tree.Rename("a", "a/b/c/x"));
        Assert.Equal(-Errno.EINVAL, _tree.Rename("a/b", "a/b/c", RENAME_EXCHANGE));
        Assert.Equal(-Errno.EINVAL, _tree.Rename("a/b/c", "a", RENAME_EXCHANGE));
        Assert.Equal(-Errno.EINVAL, _tree.Rename("f", "a/b", RENAME_EXCHANGE) == 0 ? _tree.Rename("f", "f/c/x") : 0);
    }

    [Fact]
    public void Exchange_swaps_files_and_directories()
    {
        DirectoryInode a = _tree.MkDir("a");
        DirectoryInode b = _tree.MkDir("b");
        DirectoryInode directory = _tree.MkDir("a/d");
        RegularInode file = _tree.File("b/f");
        Assert.Equal(0, _tree.Rename("a/d", "b/f", RENAME_EXCHANGE));
        Assert.Same(file, _tree.Find("a/d"));
        Assert.Same(directory, _tree.Find("b/f"));
        Assert.Equal((2u, 3u), (a.LinkCount, b.LinkCount));
        Assert.Same(b, directory.Parent);
        Assert.Equal(("/a/d", "/b/f"), (TestTree.PathOf(file), TestTree.PathOf(directory)));
        Assert.Equal(-Errno.ENOENT, _tree.Rename("a/d", "a/none", RENAME_EXCHANGE));
        Assert.Equal(0, _tree.Rename("a/d", "a/d", RENAME_EXCHANGE));
    }

    [Fact]
    public void Noreplace_refuses_what_is_there()
    {
        _tree.File("a");
        _tree.File("b");
        Assert.Equal(-Errno.EEXIST, _tree.Rename("a", "b", RENAME_NOREPLACE));
        Assert.Equal(0, _tree.Rename("a", "c", RENAME_NOREPLACE));
    }

    [Fact]
    public void Whiteout_leaves_a_device_0_0_behind_which_counts_as_an_inode()
    {
        RegularInode file = _tree.File("a");
        long inodes = _tree.Superblock.InodeSpace.UsedInodes;
        Assert.Equal(0, _tree.Rename("a", "b", RENAME_WHITEOUT));
        Inode whiteout = Assert.IsType<SpecialInode>(_tree.Find("a"));
        Assert.Equal((FileMode.S_IFCHR, 0u, 1u), (whiteout.Mode & FileMode.S_IFMT, whiteout.DeviceNumber, whiteout.LinkCount));
        Assert.Same(file, _tree.Find("b"));
        Assert.Equal(inodes + 1, _tree.Superblock.InodeSpace.UsedInodes);
        Assert.Equal(0, _tree.Unlink("a"));
        Assert.Equal(inodes, _tree.Superblock.InodeSpace.UsedInodes);

        // mm/shmem.c: shmem_whiteout makes it as mknod does, for the caller and in the group of a set-group-ID directory.
        DirectoryInode shared = _tree.MkDir("shared");
        shared.Gid = 7;
        shared.Mode |= FileMode.S_ISGID;
        _tree.File("shared/a");
        Assert.Equal(0, _tree.Rename("b", "c", RENAME_WHITEOUT, uid: 1000, gid: 100));
        Assert.Equal(0, _tree.Rename("shared/a", "shared/b", RENAME_WHITEOUT, uid: 1000, gid: 100));
        Assert.Equal((1000u, 100u), (_tree.Find("b")!.Uid, _tree.Find("b")!.Gid));
        Assert.Equal((1000u, 7u), (_tree.Find("shared/a")!.Uid, _tree.Find("shared/a")!.Gid));

        TestTree full = new(maxInodes: 2);
        full.File("a");
        Assert.Equal(-Errno.ENOSPC, full.Rename("a", "b", RENAME_WHITEOUT));
        Assert.Equal("a", TestTree.List(full.Root));
    }

    [Fact]
    public void Errors_of_rename()
    {
        _tree.File("a");
        Assert.Equal(-Errno.ENOENT, _tree.Rename("x", "y"));
        Assert.Equal(-Errno.ENAMETOOLONG, _tree.Rename("a", new string('x', 256)));
        Assert.Equal(-Errno.EINVAL, _tree.Rename("a", "b", 8));
        DirectoryInode removed = _tree.MkDir("gone");
        _tree.RmDir("gone");
        Assert.Equal(-Errno.ENOENT, _tree.Superblock.Rename(_tree.Root, "a"u8, removed, "b"u8, 0, 0, 0));
        Assert.NotNull(_tree.Find("a"));
    }
}
