using System.Globalization;
using Fs.Tmpfs;
using ProcFs;

namespace Fs.Tests.Tree;

/// <summary>R14: a path with the caller's own rights. The mount is at /mnt/fs.</summary>
public sealed class WalkTests
{
    private readonly TestTree _tree = new();
    private readonly RegularInode _file;

    public WalkTests()
    {
        _tree.MkDir("d");
        _tree.MkDir("d/e");
        _file = _tree.File("d/e/f");
    }

    [Theory]
    [InlineData("/d/e/f")]
    [InlineData("d/e/f")]
    [InlineData("//d///e//f")]
    [InlineData("/./d/./e/../e/f")]
    [InlineData("/../d/e/f")]
    public void A_path_starts_at_the_root_of_the_mount(string path)
    {
        Assert.Equal(0, _tree.Walk(path, out Inode? inode));
        Assert.Same(_file, inode);
    }

    [Theory]
    [InlineData("link", 5, 5, 0)] // his own
    [InlineData("link", 5, 7, Errno.EACCES)]
    [InlineData("link", 5, 0, Errno.EACCES)] // root is whom it would trick
    [InlineData("link", 0, 7, 0)] // of the directory's owner
    [InlineData("d/link", 5, 7, 0)] // not everybody's
    public void A_link_in_a_directory_of_everybody_is_followed_as_protected_symlinks_says(string path, uint owner, uint user, int error)
    {
        foreach (bool isOn in (bool[])[true, false])
        {
            TestTree tree = new(protectsSymlinks: isOn);
            tree.MkDir("d");
            RegularInode file = tree.File("f");
            tree.Make(path, new SymlinkInode(tree.Superblock, path.StartsWith('d') ? [.. "../f"u8] : [.. "f"u8]), owner);
            Caller caller = user == 0 ? TestTree.Admin : TestTree.User(user);

            Assert.Equal(isOn ? -error : 0, tree.Walk(path, out Inode? inode, caller));
            if (!isOn || error == 0)
                Assert.Same(file, inode);
        }
    }

    [Theory]
    [InlineData("/", 0)]
    [InlineData("/d/", 0)]
    [InlineData("/d/e/.", 0)]
    [InlineData("/x", Errno.ENOENT)]
    [InlineData("/x/y", Errno.ENOENT)]
    [InlineData("/d/e/f/", Errno.ENOTDIR)]
    [InlineData("/d/e/f/x", Errno.ENOTDIR)]
    [InlineData("/d/e/f/.", Errno.ENOTDIR)]
    [InlineData("/d/e/f/..", Errno.ENOTDIR)]
    public void Path_errors(string path, int error) => Assert.Equal(-error, _tree.Walk(path, out _));

    [Fact]
    public void Names_and_paths_can_be_too_long()
    {
        Assert.Equal(-Errno.ENAMETOOLONG, _tree.Walk("/" + new string('x', 256), out _));
        Assert.Equal(-Errno.ENOENT, _tree.Walk("/" + new string('x', 255), out _));
        Assert.Equal(0, _tree.Walk(new string('/', 4095), out _));
        Assert.Equal(-Errno.ENAMETOOLONG, _tree.Walk(new string('/', 4096), out _));
    }

    [Theory]
    [InlineData("d/e/f")]
    [InlineData("./d/e/f")]
    [InlineData("/mnt/fs/d/e/f")]
    [InlineData("/mnt/fs//d/e/f")]
    [InlineData("other")]
    public void Links_are_followed(string target)
    {
        _tree.Symlink("other", "d/e/../e/f");
        _tree.Symlink("link", target);
        Assert.Equal(0, _tree.Walk("/link", out Inode? inode));
        Assert.Same(_file, inode);
    }

    [Fact]
    public void Links_in_the_middle_start_where_they_are()
    {
        _tree.Symlink("d/up", "..");
        _tree.Symlink("d/e/home", "/mnt/fs");
        Assert.Equal(0, _tree.Walk("/d/up/d/e/home/d/e/f", out Inode? inode));
        Assert.Same(_file, inode);
        Assert.Equal(-Errno.ENOTDIR, _tree.Walk("/d/e/home/d/e/f/", out _));
    }

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("/mnt/fs2/d/e/f")]
    [InlineData("/mnt")]
    [InlineData("/")]
    [InlineData("..")]
    [InlineData("../fs/d/e/f")]
    [InlineData("d/../../d/e/f")]
    [InlineData("/mnt/fs/../d/e/f")]
    public void A_link_that_leaves_the_mount_is_EXDEV(string target)
    {
        // The file that open(2) would find is another one.
        _tree.Symlink("link", target);
        Assert.Equal(-Errno.EXDEV, _tree.Walk("/link", out _));
    }

    [Fact]
    public void Forty_links_are_followed_and_one_more_is_ELOOP()
    {
        // include/linux/namei.h: MAXSYMLINKS
        _tree.Symlink("l0", "d/e/f");
        for (int i = 1; i <= 40; i++)
            _tree.Symlink(string.Create(CultureInfo.InvariantCulture, $"l{i}"), string.Create(CultureInfo.InvariantCulture, $"l{i - 1}"));
        Assert.Equal(0, _tree.Walk("/l39", out Inode? inode));
        Assert.Same(_file, inode);
        Assert.Equal(-Errno.ELOOP, _tree.Walk("/l40", out _));
        _tree.Symlink("self", "self");
        Assert.Equal(-Errno.ELOOP, _tree.Walk("/self", out _));
    }

    [Theory]
    [InlineData("40", 5, 100, true)]    // owner
    [InlineData("40", 6, 100, false)]
    [InlineData("10", 6, 100, false)]   // the group's bits are not the caller's
    [InlineData("8", 6, 77, true)]      // group
    [InlineData("8", 6, 100, false)]
    [InlineData("8", 6, 100, true, 3u, 77u)]
    [InlineData("1", 6, 100, true)]     // others
    [InlineData("1", 5, 100, false)]    // an owner has the owner's bits only
    [InlineData("1", 6, 77, false)]     // a group has the group's
    [InlineData("1C0", 0, 0, false)]    // uid 0 without capabilities is as everybody
    public void Search_permission_is_asked_by_mode_and_groups(string mode, uint uid, uint gid, bool allowed, params uint[] groups)
    {
        uint bits = uint.Parse(mode, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        DirectoryInode closed = _tree.Make("closed", new DirectoryInode(_tree.Superblock, bits), uid: 5, gid: 77);
        _tree.File("closed/f");
        Assert.Equal(bits, closed.Mode & FileMode.PermissionBits);
        Assert.Equal(allowed ? 0 : -Errno.EACCES, _tree.Walk("/closed/f", out _, TestTree.User(uid, gid, groups)));
        Assert.Equal(0, _tree.Walk("/closed", out _, TestTree.User(uid, gid, groups)));
        Assert.Equal(allowed ? -Errno.ENOENT : -Errno.EACCES, _tree.Walk("/closed/none", out _, TestTree.User(uid, gid, groups)));
    }

    [Theory]
    [InlineData(Caller.CAP_DAC_OVERRIDE, 0, 0, 0)]
    [InlineData(Caller.CAP_DAC_READ_SEARCH, 0, 0, Errno.EACCES)]
    [InlineData(0, 0, Errno.EACCES, Errno.EACCES)]
    [InlineData(Caller.CAP_DAC_OVERRIDE, 9, 0, 0)]
    public void Capabilities_count_whoever_has_them(int capability, uint uid, int search, int write)
    {
        _tree.Make("closed", new DirectoryInode(_tree.Superblock, 0), uid: 5, gid: 77);
        RegularInode file = _tree.Make("closed/f", new RegularInode(_tree.Superblock, 0), uid: 5, gid: 77);
        Caller caller = new(uid, 1, [], 1, 1, 1ul << capability);
        Assert.Equal(-search, _tree.Walk("/closed/f", out _, caller));
        Assert.Equal(-write, new Credentials(caller).Check(file, Credentials.MAY_WRITE));
    }
}
