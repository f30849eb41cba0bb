using BenchmarkDotNet.Attributes;
using KernelModel.Mm;
using KernelModel.Tasks;

namespace KernelModel.Bench;

/// <summary>Calls on one address space with 10,000 areas.</summary>
[MemoryDiagnoser]
public class MmBenchmarks : IDisposable
{
    private const ulong Base = 0x1_0000_0000;
    private const int Areas = 10_000;

    private readonly byte[] _byte = [1];
    private Kernel _kernel = null!;
    private TaskStruct _task = null!;
    private ulong _next;

    [GlobalSetup]
    public void Fill()
    {
        _kernel = new Kernel(new KernelOptions { TotalPages = 400_000 });
        _task = _kernel.Tasks.Create("bench")!;

        // Areas of two pages with a hole after each.
        for (ulong i = 0; i < Areas; i++)
        {
            _task.Mm!.Mmap(Base + (i * 16384), 8192, Prot.Read | Prot.Write, MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed);
            _task.Store(Base + (i * 16384), _byte);
        }
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _kernel.Dispose();
        GC.SuppressFinalize(this);
    }

    private ulong Step()
    {
        _next = (_next + 7919) % Areas;
        return Base + (_next * 16384);
    }

    [Benchmark]
    public bool FindArea() => _task.Mm!.Find(Step()) is not null;

    [Benchmark]
    public bool TouchPresent() => _task.Load(Step(), _byte);

    [Benchmark]
    public bool FaultAndDrop()
    {
        ulong address = Step() + 4096;
        bool done = _task.Store(address, _byte);
        _task.Mm!.Madvise(address, 4096, Madv.DontNeed);
        return done;
    }

    [Benchmark]
    public long MarkAndUnmark()
    {
        ulong address = Step();
        _task.Mm!.Vrange(address, 8192, 1, 0, out _);
        return _task.Mm.Vrange(address, 8192, 0, 0, out _);
    }

    [Benchmark]
    public int MarkAndUnmarkRange()
    {
        ulong address = Step();
        _task.Mm!.Mvrange(address, 8192, 1, 0);
        return _task.Mm.Mvrange(address, 8192, 0, 0);
    }

    [Benchmark]
    public int ForkAndExit()
    {
        int pid = _kernel.Tasks.Fork(_task, out TaskStruct? child);
        _kernel.Tasks.Exit(child!, 0);
        _kernel.Tasks.Wait(_task, out _);
        return pid;
    }
}
