using System.Runtime.CompilerServices;

namespace Fuse.Tests;

/// <summary>What the installed header does not know yet, as bytes.</summary>
public sealed class NewerAbiTests
{
    [Fact]
    public void StatXIsLaidOutAsInProtocol739()
    {
        fuse_statx_out answer = new() { attr_valid = 0x11, attr_valid_nsec = 0x22, flags = 0x33 };
        answer.stat = new fuse_statx
        {
            mask = 1,
            blksize = 2,
            attributes = 3,
            nlink = 4,
            uid = 5,
            gid = 6,
            mode = 7,
            ino = 8,
            size = 9,
            blocks = 10,
            attributes_mask = 11,
            atime = new fuse_sx_time { tv_sec = 12, tv_nsec = 13 },
            btime = new fuse_sx_time { tv_sec = 14 },
            ctime = new fuse_sx_time { tv_sec = 15 },
            mtime = new fuse_sx_time { tv_sec = 16 },
            rdev_major = 17,
            rdev_minor = 18,
            dev_major = 19,
            dev_minor = 20,
        };

        string expected = "1100000000000000" + "22000000" + "33000000" + Zeros(16)
            + "01000000" + "02000000" + "0300000000000000" + "04000000" + "05000000" + "06000000" + "0700" + "0000"
            + "0800000000000000" + "0900000000000000" + "0A00000000000000" + "0B00000000000000"
            + "0C00000000000000" + "0D000000" + "00000000" + "0E00000000000000" + Zeros(8) + "0F00000000000000" + Zeros(8)
            + "1000000000000000" + Zeros(8) + "11000000" + "12000000" + "13000000" + "14000000" + Zeros(112);
        Assert.Equal(expected, Convert.ToHexString(Wire.Of(answer)));

        fuse_statx_in request = new() { getattr_flags = (GetAttrFlags)1, fh = 2, sx_flags = 3, sx_mask = 4 };
        Assert.Equal("01000000" + "00000000" + "0200000000000000" + "03000000" + "04000000", Convert.ToHexString(Wire.Of(request)));
    }

    [Fact]
    public void TheTailOfInitIsLaidOutAsInProtocol745()
    {
        fuse_init_out answer = new()
        {
            major = 7,
            minor = 45,
            max_readahead = 1,
            flags = 2,
            max_background = 3,
            congestion_threshold = 4,
            max_write = 5,
            time_gran = 6,
            max_pages = 7,
            map_alignment = 8,
            flags2 = 9,
            max_stack_depth = 10,
            request_timeout = 11,
        };

        string expected = "07000000" + "2D000000" + "01000000" + "02000000" + "0300" + "0400" + "05000000" + "06000000" + "0700" + "0800"
            + "09000000" + "0A000000" + "0B00" + Zeros(22);
        Assert.Equal(expected, Convert.ToHexString(Wire.Of(answer)));
    }

    [Fact]
    public void SmallerNewcomersAreLaidOutAsTheKernelHasThem()
    {
        Assert.Equal("0100000000000000" + "80000000" + "FEFFFFFF", Convert.ToHexString(Wire.Of(new fuse_open_out { fh = 1, open_flags = (FOPEN)128, backing_id = -2 })));
        Assert.Equal("0500000000000000", Convert.ToHexString(Wire.Of(new fuse_copy_file_range_out { bytes_copied = 5 })));
        Assert.Equal("03000000" + "00000000" + Zeros(8), Convert.ToHexString(Wire.Of(new fuse_backing_map { fd = 3 })));
        Assert.Equal(4, Unsafe.SizeOf<fuse_supp_groups>());
    }

    [Fact]
    public void NewerConstantsHaveTheirValues()
    {
        Assert.Equal((52u, 53u), ((uint)FuseOpcode.FUSE_STATX, (uint)FuseOpcode.FUSE_COPY_FILE_RANGE_64));
        InitFlags[] flags =
        [
            InitFlags.FUSE_CREATE_SUPP_GROUP, InitFlags.FUSE_HAS_EXPIRE_ONLY, InitFlags.FUSE_DIRECT_IO_ALLOW_MMAP, InitFlags.FUSE_PASSTHROUGH,
            InitFlags.FUSE_NO_EXPORT_SUPPORT, InitFlags.FUSE_HAS_RESEND, InitFlags.FUSE_ALLOW_IDMAP, InitFlags.FUSE_OVER_IO_URING,
            InitFlags.FUSE_REQUEST_TIMEOUT,
        ];
        Assert.Equal([.. Enumerable.Range(34, 9).Select(bit => (InitFlags)(1UL << bit))], flags);
        Assert.Equal((128u, 32u), ((uint)FOPEN.FOPEN_PASSTHROUGH, (uint)FuseExtensionType.FUSE_EXT_GROUPS));
        Assert.Equal((7, 8, 9), ((int)FuseNotifyCode.FUSE_NOTIFY_RESEND, (int)FuseNotifyCode.FUSE_NOTIFY_INC_EPOCH, (int)FuseNotifyCode.FUSE_NOTIFY_PRUNE));
    }

    private static string Zeros(int bytes) => new('0', 2 * bytes);
}
