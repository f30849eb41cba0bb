using System.Diagnostics;
using System.Runtime.InteropServices;
using Xunit.Abstractions;

namespace Fuse.Tests;

/// <summary>Not beside other tests: it counts what the whole process allocates.</summary>
[CollectionDefinition("Alone", DisableParallelization = true)]
public sealed class Alone;

[Collection("Alone")]
public sealed unsafe class AllocationTests(ITestOutputHelper output)
{
    private const int Warmup = 2_000;
    private const int Rounds = 25_000;
    private const int ReplyBuffer = 8192;

    [Fact]
    public void AHundredThousandRequestsAllocateNothing()
    {
        using FakeKernel kernel = FakeKernel.Initialized(new TrivialFileSystem());
        byte[][] requests =
        [
            Message(FuseOpcode.FUSE_LOOKUP, Wire.Name("some-name")),
            Message(FuseOpcode.FUSE_GETATTR, Wire.Of(default(fuse_getattr_in))),
            Message(FuseOpcode.FUSE_READ, Wire.Of(new fuse_read_in { size = 4096 })),
            Message(FuseOpcode.FUSE_WRITE, Wire.Join(Wire.Of(new fuse_write_in { size = 4096 }), new byte[4096])),
        ];
        byte[] reply = new byte[ReplyBuffer];
        Drive(kernel.Fd, requests, reply, Warmup);

        long before = GC.GetTotalAllocatedBytes(precise: true);
        long start = Stopwatch.GetTimestamp();
        Drive(kernel.Fd, requests, reply, Rounds);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;

        output.WriteLine($"{allocated} bytes, {elapsed.TotalMicroseconds / (Rounds * requests.Length):F2} us a round trip");
        // The test host itself may write a line or so; one object a request would be 2.4 MB.
        Assert.InRange(allocated, 0, 100_000);
    }

    private static byte[] Message(FuseOpcode opcode, byte[] arguments)
        => Wire.Join(
            Wire.Of(new fuse_in_header { len = (uint)(sizeof(fuse_in_header) + arguments.Length), opcode = (uint)opcode, unique = 10, nodeid = 1 }),
            arguments);

    private static void Drive(int fd, byte[][] requests, byte[] reply, int rounds)
    {
        fixed (byte* answer = reply)
        {
            for (int round = 0; round < rounds; round++)
            {
                foreach (byte[] request in requests)
                {
                    fixed (byte* bytes = request)
                    {
                        if (Libc.write(fd, bytes, (nuint)request.Length) != request.Length || Libc.read(fd, answer, ReplyBuffer) < 16)
                            throw new InvalidOperationException($"errno {Marshal.GetLastPInvokeError()}");
                    }
                }
            }
        }

        Assert.Equal(0, Wire.As<fuse_out_header>(reply).error);
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
