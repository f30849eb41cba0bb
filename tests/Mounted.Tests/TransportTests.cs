using Mounted.Tests.Running;

namespace Mounted.Tests;

/// <summary>How requests come to the daemon.</summary>
public sealed class TransportTests : MountedTest
{
    [Theory]
    [InlineData("io_uring", true)]
    [InlineData("noio_uring", false)]
    public void Rings_are_taken_where_the_kernel_has_them(string options, bool wanted)
    {
        Mount mount = Mount(options);
        File.WriteAllText(mount["f"], "x");

        bool rings = Directory.GetDirectories($"/proc/{mount.Daemon.Pid}/task")
            .Any(task => File.ReadAllText(Path.Combine(task, "comm")).StartsWith("fuse-ring-", StringComparison.Ordinal));

        Assert.Equal(wanted && UringParameter.IsThere, rings);
        Assert.Equal("x", File.ReadAllText(mount["f"]));
    }
}
