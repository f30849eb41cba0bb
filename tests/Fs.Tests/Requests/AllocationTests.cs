using Fs.Host;
using Fs.Tests.Stores;
using Fuse;
using Fuse.Testing;
using KernelModel.Mapping;
using Xunit.Abstractions;

namespace Fs.Tests.Requests;

/// <summary>A request to the real filesystem on a real store allocates no managed memory.</summary>
[Collection(nameof(Alone))]
public sealed class AllocationTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("memfd")]
    [InlineData("tmpfs")]
    public void A_hundred_thousand_requests_allocate_nothing(string kind)
    {
        using PrivateTmpfs? tmpfs = kind == "tmpfs" ? TmpfsStoreTests.NewTmpfs(1000) : null;
        using MountedTree tree = new((IBackingStorage?)tmpfs ?? MemfdStoreTests.NewMemfd(1000));
        ulong file = tree.Create("some-name", out ulong handle);
        byte[][] requests =
        [
            AllocationMeter.Message(FuseOpcode.FUSE_LOOKUP, 1, Wire.Name("some-name")),
            AllocationMeter.Message(FuseOpcode.FUSE_GETATTR, file, Wire.Of(default(fuse_getattr_in))),
            AllocationMeter.Message(FuseOpcode.FUSE_READ, file, Wire.Of(new fuse_read_in { fh = handle, size = 4096 })),
            AllocationMeter.Message(FuseOpcode.FUSE_WRITE, file, Wire.Join(Wire.Of(new fuse_write_in { fh = handle, size = 4096 }), new byte[4096])),
        ];
        Assert.InRange(AllocationMeter.BytesPerRequest(tree.Kernel.Fd, requests, output.WriteLine), 0, 1);
    }
}
