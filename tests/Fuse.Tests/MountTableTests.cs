namespace Fuse.Tests;

public sealed class MountTableTests
{
    private static readonly string[] s_lines =
    [
        "22 28 0:21 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw",
        "300 28 0:45 / /mnt/a rw,relatime shared:150 master:2 - fuse.vrangefs my\\040name rw,user_id=0,group_id=0",
        "301 28 0:46 / /mnt/with\\040space\\134and\\011tab rw - fuse x rw",
        "302 28 0:47 / /mnt/b rw - fuse x rw",
        "303 28 0:48 / /mnt/b rw - fuse x rw",
        "304 28 0:49 / /mnt/c rw - fuse x rw",
        "305 28 0:50 / /mnt/c rw - tmpfs x rw",
        "306 28 0:51 / /mnt/d rw - fuseblk /dev/x rw",
        "307 28 0:52 / /mnt/\u00fc rw - fuse x rw",
        "broken line",
    ];

    [Theory]
    [InlineData("/mnt/a", 45u)]
    [InlineData("/mnt/with space\\and\ttab", 46u)]
    [InlineData("/mnt/b", 48u)]
    [InlineData("/mnt/c", null)]
    [InlineData("/mnt/d", null)]
    [InlineData("/mnt", null)]
    [InlineData("/mnt/\u00fc", 52u)]
    public void TheTopmostFuseMountOnAPathIsFound(string path, uint? connection)
        => Assert.Equal(connection, MountTable.FindConnection(s_lines, path));

    [Fact]
    public void FusermountOptionsAreEscaped()
    {
        string options = Fusermount.Describe(new MountOptions { FsName = "a,b\\c", Subtype = "v", AllowOther = true, ReadOnly = true, NoSuid = true, NoDev = true });
        Assert.Equal("fsname=a\\,b\\\\c,subtype=v,allow_other,ro,nosuid,nodev", options);
    }
}
