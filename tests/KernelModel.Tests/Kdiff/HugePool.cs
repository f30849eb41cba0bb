using System.Globalization;
using KernelModel.Replay;

namespace KernelModel.Tests.Kdiff;

/// <summary>The machine's pool of huge pages at the size the scripts want, for the time of a test.</summary>
internal sealed class HugePool : IDisposable
{
    private const string Size = "/proc/sys/vm/nr_hugepages";

    private readonly string _before;

    private HugePool(string before) => _before = before;

    /// <summary>Makes it, or says why that cannot be.</summary>
    public static HugePool? TryCreate(out string obstacle)
    {
        obstacle = "This kernel has no huge pages.";
        if (!File.Exists(Size))
            return null;
        obstacle = "The machine uses huge pages.";
        if (Number("Free") != Number("Total"))
            return null;

        // What is promised while nothing is used is lost: to mremap of a part of an area, which leaks on 6.18.
        HugePool pool = new(Number("Total") == Number("Surp") ? "0" : File.ReadAllText(Size).Trim());
        long lost = Number("Rsvd");
        try
        {
            File.WriteAllText(Size, (ScriptPlayer.HugePool + lost).ToString(CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            obstacle = e.Message;
            return null;
        }

        if (Number("Free") == ScriptPlayer.HugePool + lost)
            return pool;
        pool.Dispose();
        obstacle = "Not enough memory in pieces of 2 MiB.";
        return null;
    }

    public void Dispose() => File.WriteAllText(Size, _before);

    private static long Number(string name)
        => long.Parse(
            File.ReadLines("/proc/meminfo").First(line => line.StartsWith($"HugePages_{name}:", StringComparison.Ordinal)).Split(':')[1],
            CultureInfo.InvariantCulture);
}
