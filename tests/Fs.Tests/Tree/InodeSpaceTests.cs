using System.Globalization;
using System.Text;
using Fs.Tmpfs;

namespace Fs.Tests.Tree;

/// <summary>Extended attributes and long targets take the daemon's memory, so <c>nr_inodes=</c> limits them too.</summary>
public sealed class InodeSpaceTests
{
    private const int Inodes = 10;
    private readonly TestTree _tree = new(Inodes);
    private readonly RegularInode _file;

    public InodeSpaceTests() => _file = _tree.File("f");

    private long Used => _tree.Superblock.InodeSpace.UsedInodes;

    [Fact]
    public void An_attribute_counts_until_it_is_removed()
    {
        Assert.Equal(0, Set("user.a", 2000));
        Assert.Equal(2 + 2, Used);
        Assert.Equal(0, Set("user.a", 900));
        Assert.Equal(2 + 1, Used);
        Assert.Equal(0, Superblock.RemoveExtendedAttribute(_file, "user.a"u8));
        Assert.Equal(2, Used);
    }

    [Fact]
    public void What_finds_no_room_changes_nothing()
    {
        Assert.Equal(0, Set("user.a", 100));
        Assert.Equal(-Errno.ENOSPC, Set("user.a", 8 * 1024));
        Assert.Equal(-Errno.ENOSPC, Set("user.b", 8 * 1024));

        Assert.Equal(3, Used);
        Assert.True(_file.Attributes!.TryGet("user.a"u8, out byte[]? value));
        Assert.Equal(100, value!.Length);
        Assert.False(_file.Attributes.TryGet("user.b"u8, out _));
        Assert.Equal(-Errno.ENOSPC, _tree.Superblock.Create(_tree.Root, "x"u8, new SymlinkInode(_tree.Superblock, new byte[8000]), 0, 0));
        Assert.Equal(3, Used);
    }

    [Fact]
    public void A_long_target_counts_as_long_as_it_is()
    {
        _tree.Symlink("short", new string('x', 127));
        Assert.Equal(3, Used);
        _tree.Symlink("long", new string('x', 4000));
        Assert.Equal(3 + 1 + 4, Used);
    }

    [Fact]
    public void A_file_gives_back_what_its_attributes_took()
    {
        Assert.Equal(0, Set("user.a", 3000));
        _tree.Symlink("long", new string('x', 2000));
        foreach (string name in (string[])["f", "long"])
        {
            Inode inode = _tree.Find(name)!;
            Assert.Equal(0, _tree.Unlink(name));
            _tree.Superblock.Forget(inode, 1);
        }

        Assert.Equal(1, Used);
    }

    [Fact]
    public void An_inode_holds_no_more_names_than_can_be_listed()
    {
        TestTree tree = new(); // without a limit of its own
        RegularInode file = tree.File("f");
        int set = 0;
        while (SetOn(file, $"user.{set.ToString(CultureInfo.InvariantCulture).PadLeft(250, 'n')}", 0) == 0)
            set++;

        Assert.Equal(ExtendedAttributes.MaxNamesSize / 256, set);
        Assert.Equal(set * 256, file.Attributes!.List(trusted: true).Length);
    }

    [Fact]
    public void An_inode_holds_a_megabyte_at_most()
    {
        TestTree tree = new();
        RegularInode file = tree.File("f");
        int set = 0;
        while (SetOn(file, $"user.{set}", ExtendedAttributes.MaxValueSize) == 0)
            set++;

        Assert.Equal((ExtendedAttributes.MaxSpace / ExtendedAttributes.MaxValueSize) - 1, set);
    }

    [Theory]
    [InlineData("user.", -Errno.EINVAL)]
    [InlineData("trusted.", -Errno.EINVAL)]
    [InlineData("security.", -Errno.EINVAL)]
    [InlineData("system.posix_acl_access", -Errno.EOPNOTSUPP)]
    [InlineData("user", -Errno.EOPNOTSUPP)]
    [InlineData("user.a", 0)]
    public void A_name_space_alone_is_no_name(string name, int error)
    {
        Assert.Equal(error, Set(name, 1));
        Assert.Equal(error, Superblock.RemoveExtendedAttribute(_file, Encoding.UTF8.GetBytes(name)));
    }

    private int Set(string name, int length) => SetOn(_file, name, length);

    private static int SetOn(Inode inode, string name, int length)
        => Superblock.SetExtendedAttribute(inode, Encoding.UTF8.GetBytes(name), new byte[length], 0);
}
