using System.Text;

namespace Fuse.Tests;

public sealed class MountTableTests
{
    // Latin-1 stands for bytes.
    private const string Table = """
        22 28 0:21 / /sys rw,nosuid,nodev,noexec,relatime shared:7 - sysfs sysfs rw
        300 28 0:45 / /mnt/a rw,relatime shared:150 master:2 - fuse.vrangefs my\040name rw,user_id=0,group_id=0
        301 28 0:46 / /mnt/with\040space\134and\011tab\012and\012line rw - fuse x rw
        302 28 0:47 / /mnt/b rw - fuse x rw
        303 28 0:48 / /mnt/b rw - fuse x rw
        304 28 0:49 / /mnt/c rw - fuse x rw
        305 28 0:50 / /mnt/c rw - tmpfs x rw
        306 28 0:51 / /mnt/d rw - fuseblk /dev/x rw
        307 28 0:52 / /mnt/ü rw - fuse x rw
        308 28 0:53 / /mnt/-,- rw - fuse x rw
        broken line
        309 28 0:54 / /mnt/e rw - fuse

        """;

    [Theory]
    [InlineData("/mnt/a", 300, 45u)]
    [InlineData("/mnt/with space\\and\ttab\nand\nline", 301, 46u)]
    [InlineData("/mnt/b", 303, 48u)]
    [InlineData("/mnt/c", 305, null)]
    [InlineData("/mnt/d", 306, null)]
    [InlineData("/mnt", null, null)]
    [InlineData("/mnt/ü", 307, 52u)]
    [InlineData("/mnt/-,-", 308, 53u)]
    [InlineData("/mnt/e", 309, 54u)]
    public void TheTopmostMountOnAPathIsFound(string path, int? id, uint? connection)
    {
        MountEntry? entry = MountTable.TopAt(MountTable.Parse(Encoding.Latin1.GetBytes(Table)), Encoding.Latin1.GetBytes(path));
        Assert.Equal((id, connection), (entry?.Id, entry?.Connection));
    }

    [Theory]
    [InlineData('\r')]
    [InlineData('\v')]
    [InlineData('\u0085')]
    public void OnlyALineFeedEndsALine(char character)
    {
        string table = $"300 28 0:45 / /mnt/a rw - fuse x{character}301 28 0:46 / /mnt/forged rw - fuse x rw\n";

        Assert.Equal([300], MountTable.Parse(Encoding.Latin1.GetBytes(table)).Select(entry => entry.Id));
    }

    [Fact]
    public void FusermountOptionsAreEscaped()
    {
        string options = Fusermount.Describe(new MountOptions { FsName = "a,b\\c", Subtype = "v", AllowOther = true, ReadOnly = true, NoSuid = true, NoDev = true });
        Assert.Equal("fsname=a\\,b\\\\c,subtype=v,allow_other,ro,nosuid,nodev", options);
    }
}
