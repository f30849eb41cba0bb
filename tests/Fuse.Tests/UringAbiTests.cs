using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fuse.Tests;

/// <summary>The structs of FUSE over io_uring are newer than the installed header: sizes, offsets and bytes.</summary>
public sealed class UringAbiTests
{
    [Fact]
    public void TheHeaderBufferIsLaidOutAsInProtocol742()
    {
        Assert.Equal(288, Unsafe.SizeOf<fuse_uring_req_header>());
        Assert.Equal(0, Offset<fuse_uring_req_header>("in_out"));
        Assert.Equal(128, Offset<fuse_uring_req_header>("op_in"));
        Assert.Equal(256, Offset<fuse_uring_req_header>("ring_ent_in_out"));

        fuse_uring_ent_in_out entry = new() { flags = 1, commit_id = 2, payload_sz = 3, padding = 4, reserved = 5 };
        Assert.Equal("0100000000000000" + "0200000000000000" + "03000000" + "04000000" + "0500000000000000", Convert.ToHexString(Wire.Of(entry)));
    }

    [Fact]
    public void TheCommandIsLaidOutAsInProtocol742()
    {
        fuse_uring_cmd_req command = new() { flags = 1, commit_id = 2, qid = 3 };
        Assert.Equal("0100000000000000" + "0200000000000000" + "0300" + "000000000000", Convert.ToHexString(Wire.Of(command)));
        Assert.Equal((1u, 2u), ((uint)FuseUringCommand.FUSE_IO_URING_CMD_REGISTER, (uint)FuseUringCommand.FUSE_IO_URING_CMD_COMMIT_AND_FETCH));
    }

    [Fact]
    public void RingsAreLaidOutAsTheKernelHasThem()
    {
        Assert.Equal(128, Unsafe.SizeOf<Libc.IoUringSqe>());
        Assert.Equal(16, Unsafe.SizeOf<Libc.IoUringCqe>());
        Assert.Equal(40, Unsafe.SizeOf<Libc.IoUringOffsets>());
        Assert.Equal(120, Unsafe.SizeOf<Libc.IoUringParams>());
        Assert.Equal(4, Offset<Libc.IoUringSqe>("fd"));
        Assert.Equal(8, Offset<Libc.IoUringSqe>("cmd_op"));
        Assert.Equal(16, Offset<Libc.IoUringSqe>("addr"));
        Assert.Equal(24, Offset<Libc.IoUringSqe>("len"));
        Assert.Equal(28, Offset<Libc.IoUringSqe>("op_flags"));
        Assert.Equal(32, Offset<Libc.IoUringSqe>("user_data"));
        Assert.Equal(48, Offset<Libc.IoUringSqe>("cmd"));
        Assert.Equal(40, Offset<Libc.IoUringParams>("sq_off"));
    }

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
