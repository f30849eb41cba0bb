using ProcFs.Nodes;

namespace ProcFs.Tests.Files;

/// <summary>Numbers of sys/vm take writes as the kernel's do; measured with its own vm.swappiness.</summary>
public sealed class SysctlTests
{
    private const string Path = "sys/vm/swappiness";
    private readonly TestMount _mount = new();

    [Theory]
    [InlineData("61", 2, 61)]
    [InlineData("61\n", 3, 61)]
    [InlineData(" 61", 3, 61)]
    [InlineData("61 ", 3, 61)]
    [InlineData("\t61\t", 4, 61)]
    [InlineData("0x10", 4, 16)]
    [InlineData("010", 3, 8)]
    [InlineData("+61", -Errno.EINVAL, 60)]
    [InlineData("0", 1, 0)]
    [InlineData("200", 3, 200)]
    [InlineData("61 62", 3, 61)] // the rest is left to be written again
    [InlineData("", 0, 60)]
    [InlineData("\n", -Errno.EINVAL, 60)]
    [InlineData("many", -Errno.EINVAL, 60)]
    [InlineData("61x", -Errno.EINVAL, 60)]
    [InlineData("6\01", -Errno.EINVAL, 60)]
    [InlineData("-1", -Errno.EINVAL, 60)]
    [InlineData("201", -Errno.EINVAL, 60)]
    [InlineData("99999999999999999999", -Errno.EINVAL, 60)]
    public void A_write_is_one_number(string text, int result, int value)
    {
        Assert.Equal(result, TestMount.Write(_mount.Open(Path), text));
        Assert.Equal($"{value}\n", _mount.Read(Path));
        Assert.Equal(value, _mount.Machine.Swappiness);
    }

    [Fact]
    public void What_comes_behind_the_first_number_is_swallowed()
    {
        ProcOpenFile open = _mount.Open(Path);
        Assert.Equal(3, TestMount.Write(open, "61\n"));
        Assert.Equal(3, TestMount.Write(open, "62\n"));
        Assert.Equal(4, TestMount.Write(open, "many"));
        Assert.Equal("61\n", TestMount.Read(open));
    }

    [Fact]
    public void What_only_takes_commands_is_not_read_by_root_either()
    {
        Nodes.ProcNodeAssert.OpenFails(_mount, "sys/vm/drop_caches", TestMount.Owner, -Errno.EACCES);
        Assert.Equal(0x8080u, _mount.Node("sys/vm/drop_caches")!.Mode);
        Assert.Equal(1, TestMount.Write(_mount.Open("sys/vm/drop_caches", canRead: false), "3"));
        Assert.Equal(-Errno.EINVAL, TestMount.Write(_mount.Open("sys/vm/drop_caches", canRead: false), "0"));
        Assert.Equal(-Errno.EINVAL, TestMount.Write(_mount.Open("sys/vm/drop_caches", canRead: false), "5"));
    }

    [Fact]
    public void Memory_that_is_kept_free_is_bounded()
    {
        Assert.Equal("32\n", _mount.Read("sys/vm/min_free_kbytes")); // 1,024 pages
        TestMount.Write(_mount.Open("sys/vm/min_free_kbytes"), "100000");
        Assert.Equal("204\n", _mount.Read("sys/vm/min_free_kbytes"));
        TestMount.Write(_mount.Open("sys/vm/min_free_kbytes"), "0");
        Assert.Equal("16\n", _mount.Read("sys/vm/min_free_kbytes"));
    }
}
