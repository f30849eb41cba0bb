using BenchmarkDotNet.Attributes;
using KernelModel.Ranges;

namespace KernelModel.Bench;

/// <summary>Remove and insert of one range, with neighbouring keys and with random ones.</summary>
[MemoryDiagnoser]
public class RangeTreeBenchmarks
{
    private RangeTree<int> _tree = null!;
    private ulong _next;
    private ulong _random = 1;

    [Params(1_000, 1_000_000)]
    public int Ranges { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        _tree = new RangeTree<int>();
        for (ulong i = 0; i < (ulong)Ranges; i++)
            _tree.Insert(i * 10, (i * 10) + 4, 0);
    }

    [Benchmark]
    public void Local()
    {
        _next = (_next + 1) % (ulong)Ranges;
        Replace(_next);
    }

    [Benchmark]
    public void Random()
    {
        _random = (_random * 6364136223846793005) + 1442695040888963407;
        Replace((_random >> 33) % (ulong)Ranges);
    }

    private void Replace(ulong range)
    {
        _tree.Remove(range * 10);
        _tree.Insert(range * 10, (range * 10) + 4, 0);
    }
}
