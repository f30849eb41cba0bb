namespace Fuse.Testing;

/// <summary>What the tests need of the machine. What is missing fails with its package, it is never skipped.</summary>
internal static class Prerequisites
{
    private const int CAP_SYS_ADMIN = 21;

    /// <summary>The path of a program.</summary>
    public static string Program(string name, string package)
    {
        foreach (string directory in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin"))
        {
            string path = Path.Combine(directory, name);
            if (File.Exists(path))
                return path;
        }

        Assert.Fail($"{name} is missing: install the package {package}");
        return "";
    }

    public static void Fuse()
        => Assert.True(File.Exists("/dev/fuse"), "/dev/fuse is missing: load the module (modprobe fuse); a container needs --device /dev/fuse");

    public static void RightToMount()
    {
        string line = File.ReadLines("/proc/self/status").First(static line => line.StartsWith("CapEff:", StringComparison.Ordinal));
        ulong capabilities = Convert.ToUInt64(line["CapEff:".Length..].Trim(), 16);
        Assert.True((capabilities & (1UL << CAP_SYS_ADMIN)) != 0, "CAP_SYS_ADMIN is missing: run the mounted tests as root");
    }
}
