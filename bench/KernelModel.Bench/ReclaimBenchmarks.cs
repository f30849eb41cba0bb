using BenchmarkDotNet.Attributes;
using KernelModel.Mm;
using KernelModel.Tasks;

namespace KernelModel.Bench;

/// <summary>100,000 pages leave memory: to swap, and purged.</summary>
public class ReclaimBenchmarks : IDisposable
{
    private const ulong Base = 0x1_0000_0000;
    private const int Pages = 100_000;

    private Kernel _kernel = null!;
    private TaskStruct _task = null!;

    [IterationSetup]
    public void Fill()
    {
        _kernel = new Kernel(new KernelOptions { TotalPages = 2 * Pages, SwapPages = 2 * Pages });
        _task = _kernel.Tasks.Create("bench")!;
        const MapFlags Flags = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;
        _task.Mm!.Mmap(Base, (ulong)Pages * 4096, Prot.Read | Prot.Write, Flags);
        for (ulong i = 0; i < Pages; i++)
            _task.Store(Base + (i * 4096), [1]);
    }

    [IterationCleanup]
    public void Dispose()
    {
        _kernel.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public int SwapOut() => _kernel.TaskReclaim.Write(_task, "anon"u8);

    [Benchmark]
    public int Purge()
    {
        _task.Mm!.Vrange(Base, (ulong)Pages * 4096, 1, 0, out _);
        return _kernel.Vmscan.Reclaim(Pages, direct: false);
    }
}
