using System.Globalization;
using Fs.Host;

namespace Fs.Hosting;

/// <summary>
/// Tells the garbage collector how much memory there is. It would read that in /proc/meminfo, in every collection and with all
/// threads stopped: were the mount's own meminfo bound over it, as containers have it, nobody would be left to answer. The
/// runtime hears of it only when it starts, so the process executes itself once.
/// </summary>
internal static unsafe class CollectorMemory
{
    // Hexadecimal, as the next. Told this, it reads what the process or its cgroup uses instead.
    private const string TotalVariable = "DOTNET_GCTotalPhysicalMemory";

    // Of memory that it was told of it would use three quarters at most.
    private const string PercentVariable = "DOTNET_GCHeapHardLimitPercent";

    /// <summary>Returns when the collector knows, or when that cannot be had.</summary>
    public static void Tell()
    {
        if (Environment.GetEnvironmentVariable(TotalVariable) is not null)
            return;
        string total = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes.ToString("x", CultureInfo.InvariantCulture);
        if (Libc.setenv(TotalVariable, total, 1) != 0 || Libc.setenv(PercentVariable, "64", 0) != 0)
            return;

        // As bytes: what the runtime takes for text may have lost some.
        byte[] commandLine = File.ReadAllBytes("/proc/self/cmdline");
        fixed (byte* text = commandLine)
        {
            nint[] arguments = new nint[commandLine.AsSpan().Count((byte)0) + 1];
            int count = 0;
            for (int at = 0; at < commandLine.Length; at += commandLine.AsSpan(at).IndexOf((byte)0) + 1)
                arguments[count++] = (nint)(text + at);
            fixed (nint* argv = arguments)
                _ = Libc.execv("/proc/self/exe", argv);
        }
    }
}
