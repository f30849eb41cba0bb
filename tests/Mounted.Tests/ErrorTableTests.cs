using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>R2 and R14: every error in its order, a column an interface. What cannot be asked through one has no line.</summary>
public sealed class ErrorTableTests(ErrorTableMount table) : IClassFixture<ErrorTableMount>
{
    private const int EPERM = 1, ENOENT = 2, EBADF = 9, ENOMEM = 12, EACCES = 13, EXDEV = 18, ENOTDIR = 20, EINVAL = 22;
    private const int ENOTTY = 25, ESPIPE = 29, ENAMETOOLONG = 36, ELOOP = 40;

    private static string LongName { get; } = new('n', 256);

    public static TheoryData<string, string, string, int> Errors => new()
    {
        // EBADF: not a file of the mount. The kernel's own answers where the call never reaches it.
        { "not of the mount", "ioctl", "{outside} 0 4096 1 0", ENOTTY },
        { "not of the mount", "address", "@{outsidemap} 4096 volatile", ENOMEM },
        { "not of the mount", "path", "/away 0 4096 volatile", EXDEV },
        { "a file of proc", "ioctl", "{proc} 0 4096 1 0", EBADF },
        { "a file of proc", "path", "/proc/fvrange 0 4096 volatile", EBADF },
        { "a file of proc", "path", "/proc 0 4096 volatile", EBADF },
        { "a file of proc", "path", "/dir/../proc/sys/./vm/../vm/discard_vranges 0 4096 volatile", EBADF },
        { "a file of proc", "path", "/inproc/self/vrange 0 4096 volatile", EBADF },
        { "a file of proc", "path", "nobody /proc/vmstat 0 4096 volatile", EACCES },
        { "a file of proc", "path", "nobody /proc/fvrange 1 4096 volatile", EBADF },
        { "no file of proc", "path", "/proc/none 0 4096 volatile", ENOENT },
        { "no file of proc", "path", "/proc/vmstat/x 0 4096 volatile", ENOTDIR },
        { "no file of proc", "path", "/proc/fvrange/ 0 4096 volatile", ENOTDIR },
        { "out of proc again", "path", "/proc/sys/../../file 1 4096 volatile", EINVAL },
        { "out of proc again", "path", "/proc/../proc/../none 0 4096 volatile", ENOENT },
        { "a directory", "ioctl", "{dir} 0 4096 1 0", EBADF },
        { "a directory", "path", "/dir 0 4096 volatile", EBADF },
        { "a directory", "xattr", "/dir 0 4096 volatile", EBADF },
        { "a device", "ioctl", "{null} 0 4096 1 0", ENOTTY },
        { "a device", "path", "/null 0 4096 volatile", EBADF },
        { "a device", "xattr", "/null 0 4096 volatile", EPERM },

        // EBADF: not open for writing, EACCES: not writable, and no holder (R14).
        { "not open for writing", "ioctl", "{readonly} 0 4096 1 0", EBADF },
        { "not open for writing", "ioctl", "{readonly} 0 4096 0 0", EBADF },
        { "a path descriptor", "ioctl", "{pathonly} 0 4096 1 0", EBADF },
        { "not writable", "path", "nobody /private 0 4096 volatile", EACCES },
        { "not writable", "path", "nobody /private 0 4096 nonvolatile", EACCES },
        { "not writable", "address", "nobody @{nobodysmap} 4096 volatile", EACCES },
        { "not writable", "xattr", "nobody /private 0 4096 volatile", EACCES },
        { "open by nobody", "path", "/closed 0 4096 volatile", EBADF },
        { "open by nobody", "path", "/closed 0 4096 nonvolatile", EBADF },
        { "open by nobody", "xattr", "/closed 0 4096 volatile", EBADF },

        // ESPIPE
        { "a FIFO", "ioctl", "{fifo} 0 4096 1 0", ENOTTY },
        { "a FIFO", "path", "/fifo 0 4096 volatile", ESPIPE },
        { "a FIFO", "xattr", "/fifo 0 4096 volatile", EPERM },

        // EINVAL
        { "offset inside a page", "ioctl", "{file} 1 4096 1 0", EINVAL },
        { "offset inside a page", "path", "/file 4095 4096 volatile", EINVAL },
        { "offset inside a page", "address", "@{map+1} 4096 volatile", EINVAL },
        { "offset inside a page", "xattr", "/file 512 4096 volatile", EINVAL },
        { "less than a page", "ioctl", "{file} 0 4095 1 0", EINVAL },
        { "less than a page", "path", "/file 0 4095 volatile", EINVAL },
        { "less than a page", "address", "@{map} 4095 volatile", EINVAL },
        { "less than a page", "xattr", "/file 0 4095 volatile", EINVAL },
        { "no length", "ioctl", "{file} 0 0 0 0", EINVAL },
        { "no length", "path", "/file 0 0 nonvolatile", EINVAL },
        { "no length", "address", "@{map} 0 nonvolatile", EINVAL },
        { "no length", "xattr", "/file 0 0 nonvolatile", EINVAL },
        { "offset too large", "ioctl", "{file} 9223372036854775808 4096 1 0", EINVAL },
        { "offset too large", "path", "/file 0x8000000000000000 4096 volatile", EINVAL },
        { "offset too large", "address", "@0xfffffffffffff000 4096 volatile", EINVAL },
        { "offset too large", "xattr", "/file 0x8000000000000000 4096 volatile", EINVAL },
        { "end too large", "ioctl", "{file} 9223372036854771712 4096 1 0", EINVAL },
        { "end too large", "ioctl", "{file} 4096 18446744073709547520 1 0", EINVAL },
        { "end too large", "path", "/file 0x7ffffffffffff000 4096 volatile", EINVAL },
        { "end too large", "address", "@0x7ffffffffffff000 4096 volatile", EINVAL },
        { "end too large", "xattr", "/file 0x7ffffffffffff000 4096 volatile", EINVAL },
        { "unknown mode", "ioctl", "{file} 0 4096 2 0", EINVAL },
        { "unknown mode", "path", "/file 0 4096 purged", EINVAL },
        { "unknown mode", "address", "@{map} 4096 2", EINVAL },
        { "unknown mode", "xattr", "/file 0 4096 purged", EINVAL },
        { "unknown behavior", "ioctl", "{file} 0 4096 1 2", EINVAL },
        { "unknown behavior", "ioctl", "{file} 0 4096 0 4294967295", EINVAL },
        { "unknown behavior", "path", "/file 0 4096 volatile some", EINVAL },
        { "unknown behavior", "address", "@{map} 4096 volatile some", EINVAL },
        { "unknown behavior", "xattr", "/file 0 4096 volatile some", EINVAL },

        // An address: the mapping covers all of it.
        { "nothing mapped", "address", "@0x1000 4096 volatile", ENOMEM },
        { "mapped in part", "address", "@{halfmap} 32768 volatile", ENOMEM },
        { "mapped in part", "address", "@{halfmap} 32768 nonvolatile", ENOMEM },

        // R14: path errors, with the caller's rights.
        { "no such file", "path", "/none 0 4096 volatile", ENOENT },
        { "no such file", "xattr", "/none 0 4096 volatile", ENOENT },
        { "a file as directory", "path", "/file/x 0 4096 volatile", ENOTDIR },
        { "a file as directory", "path", "/file/ 0 4096 volatile", ENOTDIR },
        { "a file as directory", "xattr", "/file/x 0 4096 volatile", ENOTDIR },
        { "a closed directory", "path", "nobody /secret/file 0 4096 volatile", EACCES },
        { "a closed directory", "xattr", "nobody /secret/file 0 4096 volatile", EACCES },
        { "a link to itself", "path", "/loop 0 4096 volatile", ELOOP },
        { "a link to itself", "xattr", "/loop 0 4096 volatile", ELOOP },
        { "a long name", "path", $"/{LongName} 0 4096 volatile", ENAMETOOLONG },
        { "a long name", "xattr", $"/{LongName} 0 4096 volatile", ENAMETOOLONG },

        // Two errors at once: the earlier one is told.
        { "a directory, offset inside a page", "ioctl", "{dir} 1 4096 1 0", EBADF },
        { "a directory, offset inside a page", "path", "/dir 1 4096 volatile", EBADF },
        { "a directory, offset inside a page", "xattr", "/dir 1 4096 volatile", EBADF },
        { "not open for writing, no length", "ioctl", "{readonly} 0 0 1 0", EBADF },
        { "not open for writing, unknown mode", "ioctl", "{readonly} 0 4096 7 0", EBADF },
        { "a FIFO, offset inside a page", "path", "/fifo 1 4096 volatile", ESPIPE },
        { "not writable, offset inside a page", "path", "nobody /private 1 4096 volatile", EACCES },
        { "not writable, offset inside a page", "xattr", "nobody /private 1 4096 volatile", EACCES },
        { "no such file, offset inside a page", "path", "/none 1 4096 volatile", ENOENT },
        { "no such file, offset inside a page", "xattr", "/none 1 4096 volatile", ENOENT },
        { "open by nobody, offset inside a page", "path", "/closed 1 4096 volatile", EBADF },
        { "open by nobody, offset inside a page", "xattr", "/closed 1 4096 volatile", EBADF },
    };

    [Theory]
    [MemberData(nameof(Errors))]
    public void An_error_is_told_and_nothing_changes(string situation, string way, string call, int errno)
    {
        string before = table.Mount.Ranges();

        Assert.Equal((situation, -errno), (situation, table.Call(way, call)));

        Assert.Equal(before, table.Mount.Ranges());
    }

    [Fact]
    public void After_all_errors_the_loss_is_still_reported()
    {
        using var mount = new ErrorTableMount();
        foreach (object[] line in Errors)
            Assert.Equal(-(int)line[3], mount.Call((string)line[1], (string)line[2]));

        Assert.Equal(new Loss(1, 4 * Agent.PageSize), mount.Root.Unmark(mount.Marked, 0, 8));
    }

    [Theory]
    [InlineData("ioctl", "{file} 9223372036854767616 4096 1 0")]
    [InlineData("path", "/file 0x7fffffffffffe000 4096 volatile")]
    [InlineData("xattr", "/file 0x7fffffffffffe000 4096 volatile")]
    [InlineData("ioctl", "{file} 65536 8191 1 1")]
    [InlineData("path", "/file 65536 8191 volatile partial")]
    [InlineData("path", "file 64K 8191 volatile full")]
    [InlineData("path", "///dir/../file 0x10000 8191 volatile")]
    [InlineData("xattr", "/file 65536 8191 volatile partial")]
    public void The_last_page_can_be_marked_and_a_length_is_rounded_down(string way, string call)
    {
        string before = table.Mount.Ranges();

        Assert.Equal(0, table.Call(way, call));

        string[] added = [.. table.Mount.Ranges().Split('\n').Except(before.Split('\n'))];
        Assert.Contains(call.Contains("8191", StringComparison.Ordinal) ? " 00010000-00010fff v " : " 7fffffffffffe000-7fffffffffffefff v ", Assert.Single(added), StringComparison.Ordinal);
        Assert.Equal(0, table.Root.Unmark(table.Marked, 16, 16).Result);
        Assert.Equal(0, table.Root.Unmark(table.Marked, (1L << 51) - 2, 1).Result);
        Assert.Equal(before, table.Mount.Ranges());
    }

    [Fact]
    public void An_unknown_ioctl_is_ENOTTY()
    {
        System.Diagnostics.Process perl = table.Mount.StartUser(Prerequisites.Program("perl", "perl-base"), "-e",
            "open(my $f, '+<', $ARGV[0]) or die; my $b = pack('Q4', 0, 4096, 1, 0); ioctl($f, 0xC0207602, $b) and die 'taken'; print $!+0",
            table.Mount["file"]);
        Assert.Equal($"{ENOTTY}", perl.StandardOutput.ReadToEnd());
    }
}
