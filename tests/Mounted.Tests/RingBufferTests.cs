using System.Diagnostics;
using System.Globalization;
using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>The use that volatile ranges were made for, under a steady purge.</summary>
public sealed class RingBufferTests : MountedTest
{
    private const int Turns = 100_000;

    [Theory]
    [MemberData(nameof(Modes.All), MemberType = typeof(Modes))]
    public void Two_processes_share_a_ring_while_a_third_purges(string mode)
    {
        Mount mount = Mount(mode, deadlineSeconds: 110);
        string turns = Turns.ToString(CultureInfo.InvariantCulture);
        Process purger = mount.StartUser(NativePrograms.Ring, "purger", mount["ring"], mount.Proc("sys/vm/discard_vranges"));
        Process consumer = mount.StartUser(NativePrograms.Ring, "consumer", mount["ring"], turns);
        Process producer = mount.StartUser(NativePrograms.Ring, "producer", mount["ring"], turns);

        string consumed = consumer.StandardOutput.ReadToEnd();
        string reported = producer.StandardOutput.ReadToEnd();
        string purges = purger.StandardOutput.ReadToEnd();

        Assert.Equal("done\n", consumed);
        // Neither never nor always: both outcomes of taking back were met.
        Assert.InRange(long.Parse(reported, CultureInfo.InvariantCulture), 1, Turns - 1);
        Assert.InRange(long.Parse(purges, CultureInfo.InvariantCulture), 100, long.MaxValue);
    }
}
