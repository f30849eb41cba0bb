using System.Diagnostics;
using System.Globalization;

namespace KernelModel.Tests.Kdiff;

/// <summary>64 MiB of swap on a zram device of its own, for the time of a test.</summary>
internal sealed class ZramSwap : IDisposable
{
    private const string Control = "/sys/class/zram-control/";

    private readonly string _number;

    private ZramSwap(string number) => _number = number;

    /// <summary>Makes it, or says why that cannot be.</summary>
    public static ZramSwap? TryCreate(out string obstacle)
    {
        obstacle = "";
        if (File.ReadAllLines("/proc/swaps").Length > 1)
            obstacle = "The machine swaps: to what it would page out is not known. KDIFF_SWAP=1 says that it is zram.";
        else if (!File.Exists(Control + "hot_add"))
            obstacle = "No zram in this kernel.";
        if (obstacle.Length > 0)
            return null;

        // Reading hot_add makes a device.
        ZramSwap swap;
        try
        {
            swap = new ZramSwap(File.ReadAllText(Control + "hot_add").Trim());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            obstacle = "No zram device to be had: " + e.Message;
            return null;
        }

        if (swap.TurnOn())
            return swap;
        swap.Dispose();
        obstacle = "No zram device may swap here.";
        return null;
    }

    public void Dispose()
    {
        if (File.ReadAllText("/proc/swaps").Contains(Device + " ", StringComparison.Ordinal))
            Run("swapoff", Device);
        File.WriteAllText(Control + "hot_remove", _number);
    }

    private string Device => "/dev/zram" + _number;

    private bool TurnOn()
    {
        try
        {
            File.WriteAllText($"/sys/block/zram{_number}/disksize", (64 << 20).ToString(CultureInfo.InvariantCulture));
            return Run("mkswap", Device) && Run("swapon", Device);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static bool Run(string program, string argument)
    {
        string path = new[] { "/usr/sbin/", "/sbin/", "/usr/bin/" }.Select(folder => folder + program).FirstOrDefault(File.Exists) ?? program;
        using Process process = Process.Start(new ProcessStartInfo(path, argument) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
