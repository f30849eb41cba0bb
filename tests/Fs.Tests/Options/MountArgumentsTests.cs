using Fs.Hosting;

namespace Fs.Tests.Options;

public sealed class MountArgumentsTests
{
    private const long Machine = 8L << 30;

    [Fact]
    public void Without_options_it_is_as_tmpfs()
    {
        MountArguments arguments = Parse("");
        Assert.Equal((Machine / 2, Machine / 4096 / 2, 0x3FFu), (arguments.Size, arguments.MaxInodes, arguments.Mode));
        Assert.Equal((null, null, IoMode.Auto), (arguments.Uid, arguments.Gid, arguments.Io));
        Assert.False(arguments.NoSwap || arguments.SigbusOnPurged || arguments.ReadOnly || arguments.NoSuid);
        Assert.False(arguments.NoDev || arguments.NoExec || arguments.AllowOther);
    }

    [Theory]
    [InlineData("size=0", 0)]
    [InlineData("size=1", 4096)]
    [InlineData("size=4096", 4096)]
    [InlineData("size=4097", 8192)]
    [InlineData("size=0x3000", 3 * 4096)]
    [InlineData("size=64k", 64 << 10)]
    [InlineData("size=64K", 64 << 10)]
    [InlineData("size=3m", 3 << 20)]
    [InlineData("size=3M", 3 << 20)]
    [InlineData("size=2g", 2L << 30)]
    [InlineData("size=2G", 2L << 30)]
    [InlineData("size=25%", Machine / 4)]
    [InlineData("size=100%", Machine)]
    [InlineData("size=150%", Machine * 3 / 2)]
    [InlineData("size=0%", 0)]
    [InlineData("size=9223372036854775807", long.MaxValue - 4095)]
    [InlineData("nr_blocks=0", 0)]
    [InlineData("nr_blocks=3", 3 * 4096)]
    [InlineData("nr_blocks=2k", 2048 * 4096)]
    [InlineData("size=1m,nr_blocks=5", 5 * 4096)]
    [InlineData("nr_blocks=5,size=1m", 1 << 20)]
    public void Sizes_are_bytes_or_pages_with_suffixes(string options, long size) => Assert.Equal(size, Parse(options).Size);

    [Theory]
    [InlineData("nr_inodes=0", 0)]
    [InlineData("nr_inodes=77", 77)]
    [InlineData("nr_inodes=1k", 1024)]
    [InlineData("nr_inodes=2M", 2 << 20)]
    [InlineData("nr_inodes=1g", 1 << 30)]
    public void Inodes_have_suffixes_too(string options, long inodes) => Assert.Equal(inodes, Parse(options).MaxInodes);

    [Theory]
    [InlineData("", 256L << 20, 64L << 20)]
    [InlineData("mem=1m,swap=0", 1L << 20, 0L)]
    [InlineData("mem=1g,swap=5000", 1L << 30, 8192L)]
    [InlineData("mem=64g,swap=64g", 64L << 30, 64L << 30)]
    public void Tasks_have_memory_and_swap(string options, long memory, long swap)
        => Assert.Equal((memory, swap), (Parse(options).Memory, Parse(options).Swap));

    [Theory]
    [InlineData("mode=0755", 0x1EDu)]
    [InlineData("mode=755", 0x1EDu)]
    [InlineData("mode=1777", 0x3FFu)]
    [InlineData("mode=0", 0u)]
    [InlineData("mode=7777", 0xFFFu)]
    public void The_mode_is_octal(string options, uint mode) => Assert.Equal(mode, Parse(options).Mode);

    [Fact]
    public void Everything_at_once_in_any_number_of_lists()
    {
        Assert.Null(MountArguments.Parse(
            ["uid=5,gid=6,,noswap", "fault=sigbus,io=cached", "ro,nosuid,nodev,noexec,allow_other"], Machine, out MountArguments arguments));
        Assert.Equal((5u, 6u, IoMode.Cached), (arguments.Uid, arguments.Gid, arguments.Io));
        Assert.True(arguments.NoSwap && arguments.SigbusOnPurged && arguments.ReadOnly && arguments.NoSuid);
        Assert.True(arguments.IoUring && !Parse("io_uring,noio_uring").IoUring && Parse("noio_uring,io_uring").IoUring);
        Assert.True(arguments.NoDev && arguments.NoExec && arguments.AllowOther);
    }

    [Fact]
    public void A_later_option_wins()
    {
        MountArguments arguments = Parse("ro,size=1m,fault=sigbus,io=passthrough,rw,size=2m,fault=zero,io=auto");
        Assert.Equal((false, 2L << 20, false, IoMode.Auto), (arguments.ReadOnly, arguments.Size, arguments.SigbusOnPurged, arguments.Io));
    }

    [Theory]
    [InlineData("rw", 50)]
    [InlineData("busy_poll=0", 0)]
    [InlineData("busy_poll=1000000", 1_000_000)]
    public void Polling_is_told_in_microseconds(string options, int microseconds)
        => Assert.Equal(TimeSpan.FromMicroseconds(microseconds), Parse(options).BusyPoll);

    [Theory]
    [InlineData("size")]
    [InlineData("size=")]
    [InlineData("size=k")]
    [InlineData("size=-1")]
    [InlineData("size=+1")]
    [InlineData("size=1t")]
    [InlineData("size=1kk")]
    [InlineData("size= 1")]
    [InlineData("size=%")]
    [InlineData("size=-5%")]
    [InlineData("size=5.5%")]
    [InlineData("size=2000%")]
    [InlineData("size=9223372036854775808")]
    [InlineData("size=9223372036854775807k")]
    [InlineData("size=8589934592g")]
    [InlineData("nr_blocks")]
    [InlineData("nr_blocks=x")]
    [InlineData("nr_blocks=50%")]
    [InlineData("nr_blocks=2251799813685248")]
    [InlineData("nr_inodes=")]
    [InlineData("nr_inodes=9999999999999999999")]
    [InlineData("mem=")]
    [InlineData("mem=1023k")]
    [InlineData("mem=65g")]
    [InlineData("swap=-1")]
    [InlineData("swap=65g")]
    [InlineData("mode=")]
    [InlineData("mode=9")]
    [InlineData("mode=10000")]
    [InlineData("mode=rwx")]
    [InlineData("uid=")]
    [InlineData("uid=-1")]
    [InlineData("uid=4294967295")]
    [InlineData("uid=root")]
    [InlineData("gid=4294967296")]
    [InlineData("fault=")]
    [InlineData("fault=segv")]
    [InlineData("io=direct")]
    [InlineData("busy_poll=")]
    [InlineData("busy_poll=-1")]
    [InlineData("busy_poll=1000001")]
    [InlineData("noswap=1")]
    [InlineData("huge=always")]
    [InlineData("rw0")]
    [InlineData("=1")]
    public void What_is_wrong_names_the_option(string option)
    {
        string? wrong = MountArguments.Parse([$"ro,{option}"], Machine, out _);
        Assert.NotNull(wrong);
        Assert.Contains($"'{option.Split('=')[0]}'", wrong, StringComparison.Ordinal);
    }

    private static MountArguments Parse(string options)
    {
        Assert.Null(MountArguments.Parse([options], Machine, out MountArguments arguments));
        return arguments;
    }
}
