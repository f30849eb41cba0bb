using Xunit.Abstractions;

namespace Fuse.Tests;

/// <summary>Not beside other tests: it counts what the whole process allocates.</summary>
[CollectionDefinition("Alone", DisableParallelization = true)]
public sealed class Alone;

[Collection("Alone")]
public sealed class AllocationTests(ITestOutputHelper output)
{
    [Fact]
    public void AHundredThousandRequestsAllocateNothing()
    {
        using FakeKernel kernel = FakeKernel.Initialized(new TrivialFileSystem());
        byte[][] requests =
        [
            AllocationMeter.Message(FuseOpcode.FUSE_LOOKUP, 1, Wire.Name("some-name")),
            AllocationMeter.Message(FuseOpcode.FUSE_GETATTR, 1, Wire.Of(default(fuse_getattr_in))),
            AllocationMeter.Message(FuseOpcode.FUSE_READ, 1, Wire.Of(new fuse_read_in { size = 4096 })),
            AllocationMeter.Message(FuseOpcode.FUSE_WRITE, 1, Wire.Join(Wire.Of(new fuse_write_in { size = 4096 }), new byte[4096])),
        ];

        Assert.InRange(AllocationMeter.BytesPerRequest(kernel.Fd, requests, output.WriteLine), 0, 1);
    }

    private sealed class TrivialFileSystem : FuseFileSystem
    {
        public override int Lookup(FuseRequest request, ulong parent, ReadOnlySpan<byte> name, ref fuse_entry_out entry)
        {
            entry.nodeid = 2;
            return 0;
        }

        public override int GetAttr(FuseRequest request, ulong node, in fuse_getattr_in arg, ref fuse_attr_out attributes) => 0;

        public override int Read(FuseRequest request, ulong node, in fuse_read_in arg, Span<byte> destination) => destination.Length;

        public override int Write(FuseRequest request, ulong node, in fuse_write_in arg, ReadOnlySpan<byte> source) => source.Length;
    }
}
