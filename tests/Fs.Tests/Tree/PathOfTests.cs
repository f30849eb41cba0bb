using Fs.Tmpfs;

namespace Fs.Tests.Tree;

public sealed class PathOfTests
{
    private readonly TestTree _tree = new();

    [Fact]
    public void A_path_is_told_from_the_root_of_the_mount()
    {
        _tree.MkDir("a");
        _tree.MkDir("a/b");
        Assert.Equal("/", TestTree.PathOf(_tree.Root));
        Assert.Equal("/a/b/c d", TestTree.PathOf(_tree.File("a/b/c d")));
    }

    [Fact]
    public void A_file_without_a_name_keeps_its_last_one_with_a_note()
    {
        // fs/d_path.c
        _tree.MkDir("a");
        RegularInode file = _tree.File("a/f");
        _tree.Unlink("a/f");
        Assert.Equal("/a/f (deleted)", TestTree.PathOf(file));
        _tree.RmDir("a");
        Assert.Equal("/a/f (deleted)", TestTree.PathOf(file));
    }

    [Fact]
    public void A_replaced_file_is_a_deleted_one()
    {
        RegularInode replaced = _tree.File("b");
        _tree.File("a");
        _tree.Rename("a", "b");
        Assert.Equal("/b (deleted)", TestTree.PathOf(replaced));
    }

    [Fact]
    public void A_file_that_never_had_a_name_is_one_too()
    {
        RegularInode file = new(_tree.Superblock, 0);
        _tree.Superblock.CreateUnnamed(_tree.Root, file, 0, 0);
        Assert.Equal("/ (deleted)", TestTree.PathOf(file));
        _tree.Link(file, "named");
        Assert.Equal("/named", TestTree.PathOf(file));
    }

    [Fact]
    public void With_many_names_one_that_is_left_is_told()
    {
        RegularInode file = _tree.File("a");
        _tree.Link(file, "b");
        _tree.Link(file, "c");
        _tree.Unlink("c");
        Assert.Contains(TestTree.PathOf(file), new[] { "/a", "/b" });
        _tree.Unlink("a");
        Assert.Equal("/b", TestTree.PathOf(file));
        _tree.Unlink("b");
        Assert.Equal("/b (deleted)", TestTree.PathOf(file));
    }
}
