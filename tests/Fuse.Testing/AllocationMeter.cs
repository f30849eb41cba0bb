using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Fuse.Testing;

/// <summary>Sends the same requests again and again and measures what the whole process allocates meanwhile.</summary>
public static unsafe class AllocationMeter
{
    private const int Warmup = 3_000;
    private const int Rounds = 25_000;
    private const int Attempts = 4;
    private const int ReplyBuffer = 8192;

    /// <summary>
    /// Managed bytes a request. The test host reports the tests before this one meanwhile, which only adds: the least of
    /// some attempts counts.
    /// </summary>
    /// <param name="fd">The kernel's end of the session's socket.</param>
    /// <param name="requests">Whole messages, each answered without an error.</param>
    /// <param name="report">Takes a line for each attempt.</param>
    public static double BytesPerRequest(int fd, byte[][] requests, Action<string> report)
    {
        byte[] reply = new byte[ReplyBuffer];
        Drive(fd, requests, reply, Warmup);

        double calls = Rounds * requests.Length;
        long least = long.MaxValue;
        for (int i = 0; i < Attempts && least >= calls; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            long start = Stopwatch.GetTimestamp();
            Drive(fd, requests, reply, Rounds);
            double microseconds = Stopwatch.GetElapsedTime(start).TotalMicroseconds / calls;
            long allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
            report(string.Create(CultureInfo.InvariantCulture, $"{allocated} bytes, {microseconds:F2} us a round trip"));
            least = Math.Min(least, allocated);
        }

        return least / calls;
    }

    /// <summary>A request as the kernel would send it.</summary>
    public static byte[] Message(FuseOpcode opcode, ulong node, byte[] arguments)
        => Wire.Join(
            Wire.Of(new fuse_in_header
            {
                len = (uint)(sizeof(fuse_in_header) + arguments.Length),
                opcode = opcode,
                unique = 10,
                nodeid = node,
            }),
            arguments);

    private static void Drive(int socket, byte[][] requests, byte[] reply, int rounds)
    {
        fixed (byte* answer = reply)
        {
            for (int round = 0; round < rounds; round++)
            {
                foreach (byte[] request in requests)
                {
                    fixed (byte* bytes = request)
                    {
                        if (Libc.write(socket, bytes, (nuint)request.Length) != request.Length
                            || Libc.read(socket, answer, (nuint)reply.Length) < sizeof(fuse_out_header)
                            || ((fuse_out_header*)answer)->error != 0)
                            throw new InvalidOperationException($"errno {Marshal.GetLastPInvokeError()}, {Wire.As<fuse_out_header>(reply).error}");
                    }
                }
            }
        }
    }
}
