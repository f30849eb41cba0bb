using BenchmarkDotNet.Attributes;
using KernelModel.Vrange;

namespace KernelModel.Bench;

/// <summary>A mark and its end in one root of many ranges, with neighbouring keys and with random ones.</summary>
[MemoryDiagnoser]
public class MarkBenchmarks : IVrangeOwner, IDisposable
{
    private VrangeRoot _root = null!;
    private ulong _next;
    private ulong _random = 1;

    [Params(1_000, 1_000_000)]
    public int Ranges { get; set; }

    public VrangeOwners Kind => VrangeOwners.Files;

    public long Purge(VrangeRef victim, in ScanControl control) => 0;

    [GlobalSetup]
    public void Fill()
    {
        _root = new VrangeRoot(new VrangeLru(), this);
        for (ulong i = 0; i < (ulong)Ranges; i++)
            _root.Mark(i * 10, (i * 10) + 4, VrangeBehavior.Full);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _root.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public bool Local()
    {
        _next = (_next + 1) % (ulong)Ranges;
        return UnmarkAndMark(_next * 10);
    }

    [Benchmark]
    public bool Random()
    {
        _random = (_random * 6364136223846793005) + 1442695040888963407;
        return UnmarkAndMark((_random >> 33) % (ulong)Ranges * 10);
    }

    private bool UnmarkAndMark(ulong first)
    {
        bool purged = _root.Unmark(first, first + 4, report: true);
        _root.Mark(first, first + 4, VrangeBehavior.Full);
        return purged;
    }
}
