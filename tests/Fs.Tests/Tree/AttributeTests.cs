using Fs.Tmpfs;

namespace Fs.Tests.Tree;

public sealed class AttributeTests
{
    private const uint Everything = 0xFFF;
    private readonly TestTree _tree = new();
    private readonly RegularInode _file;

    public AttributeTests()
    {
        _file = _tree.File("f", Everything);
        _file.Mapping.Write(0, new byte[10]);
        lock (_file)
            _file.TouchModified();
    }

    [Fact]
    public void Chmod_moves_ctime_only()
    {
        Timespec modified = _file.ModifyTime;
        Timespec accessed = _file.AccessTime;
        Timespec changed = _file.ChangeTime;
        Assert.Equal(0, _tree.Superblock.SetAttributes(_file, new AttributeChange { Mode = 0x124 }));
        Assert.Equal(FileMode.S_IFREG | 0x124, _file.Mode);
        Assert.Equal((modified, accessed), (_file.ModifyTime, _file.AccessTime));
        Assert.NotEqual(changed, _file.ChangeTime);
    }

    [Fact]
    public void Times_can_be_set_and_stay()
    {
        Timespec then = new(1_000_000, 123_456_789);
        Timespec before = new(-5, 1);
        Assert.Equal(0, _tree.Superblock.SetAttributes(_file, new AttributeChange { ModifyTime = then, AccessTime = before }));
        Assert.Equal(0, _tree.Superblock.SetAttributes(_file, new AttributeChange { Uid = 5 }));
        Assert.Equal((then, before), (_file.ModifyTime, _file.AccessTime));
    }

    [Fact]
    public void Chown_takes_the_set_id_bits_of_files_and_leaves_those_of_directories()
    {
        Superblock.SetExtendedAttribute(_file, "security.capability"u8, "x"u8, 0);
        Assert.Equal(0, _tree.Superblock.SetAttributes(_file, new AttributeChange { Gid = 5 }));
        Assert.Equal(FileMode.S_ISVTX | 0x1FF, _file.Mode & FileMode.PermissionBits);
        Assert.False(_file.Attributes!.TryGet("security.capability"u8, out _));

        DirectoryInode directory = _tree.MkDir("d", Everything);
        Assert.Equal(0, _tree.Superblock.SetAttributes(directory, new AttributeChange { Uid = 5 }));
        Assert.Equal(Everything, directory.Mode & FileMode.PermissionBits);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_set_gid_bit_without_group_execution_stays_for_who_is_in_the_group(bool isMember)
    {
        RegularInode file = _tree.File("g", FileMode.S_ISUID | FileMode.S_ISGID | 0x1A4);
        Assert.Equal(0, _tree.Superblock.SetAttributes(file, new AttributeChange { KillPrivileges = true, KeepSetGroupId = isMember }));
        Assert.Equal((isMember ? FileMode.S_ISGID : 0) | 0x1A4, file.Mode & FileMode.PermissionBits);
    }

    [Fact]
    public void Only_a_regular_file_has_a_size_to_set()
    {
        Assert.Equal(0, _tree.Superblock.SetAttributes(_file, new AttributeChange { Size = 5 }));
        Assert.Equal(5, _file.Contents.Size);
        Assert.Equal(-Errno.EISDIR, _tree.Superblock.SetAttributes(_tree.Root, new AttributeChange { Size = 5 }));
        Assert.Equal(-Errno.EINVAL, _tree.Superblock.SetAttributes(_tree.Symlink("l", "x"), new AttributeChange { Size = 5 }));
    }

    [Fact]
    public void Extended_attributes_are_set_replaced_and_removed()
    {
        Assert.Equal(-Errno.ENODATA, Superblock.SetExtendedAttribute(_file, "user.a"u8, "1"u8, flags: 2));
        Assert.Equal(0, Superblock.SetExtendedAttribute(_file, "user.a"u8, "1"u8, flags: 1));
        Assert.Equal(-Errno.EEXIST, Superblock.SetExtendedAttribute(_file, "user.a"u8, "2"u8, flags: 1));
        Assert.Equal(0, Superblock.SetExtendedAttribute(_file, "user.a"u8, "3"u8, flags: 2));
        Assert.True(_file.Attributes!.TryGet("user.a"u8, out byte[]? value));
        Assert.Equal("3"u8.ToArray(), value);
        Assert.Equal(0, Superblock.SetExtendedAttribute(_file, "trusted.b"u8, default, 0));
        Assert.Equal("user.a\0"u8.ToArray(), _file.Attributes.List(trusted: false));
        Assert.Equal("user.a\0trusted.b\0"u8.ToArray(), _file.Attributes.List(trusted: true));
        Assert.Equal(0, Superblock.RemoveExtendedAttribute(_file, "user.a"u8));
        Assert.Equal(-Errno.ENODATA, Superblock.RemoveExtendedAttribute(_file, "user.a"u8));
        Assert.Equal(-Errno.EOPNOTSUPP, Superblock.SetExtendedAttribute(_file, "system.posix_acl_access"u8, "x"u8, 0));
        Assert.Equal(-Errno.E2BIG, Superblock.SetExtendedAttribute(_file, "user.big"u8, new byte[65537], 0));
        Assert.Equal(0, Superblock.SetExtendedAttribute(_file, "user.big"u8, new byte[65536], 0));
    }
}
