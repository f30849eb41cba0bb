using BenchmarkDotNet.Attributes;
using KernelModel.Mm;
using KernelModel.Tasks;
using KernelModel.Vrange;

namespace KernelModel.Bench;

/// <summary>Calls that cost what there is, if done badly: each on a machine that has a lot of something.</summary>
public class ScaleBenchmarks : IDisposable
{
    private const ulong Base = 0x1_0000_0000;
    private const ulong FarApart = 1UL << 40;
    private const MapFlags Fixed = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed;
    private const Prot ReadWrite = Prot.Read | Prot.Write;

    private Kernel _kernel = null!;
    private TaskStruct _task = null!;
    private VrangeRoot? _files;

    [IterationCleanup]
    public void Dispose()
    {
        _files?.Dispose();
        _files = null;
        _kernel.Dispose();
        GC.SuppressFinalize(this);
    }

    [IterationSetup(Target = nameof(ThousandSmallReclaimsBesideFileMarks))]
    public void MarkFiles()
    {
        Boot(100_000);
        _files = new VrangeRoot(_kernel.Ranges, new FileOwner());
        for (ulong i = 0; i < 200_000; i++)
            _files.Mark(i * 2, i * 2, VrangeBehavior.Full);
        Fill(40_000);
    }

    [Benchmark]
    public int ThousandSmallReclaimsBesideFileMarks()
    {
        int freed = 0;
        for (int i = 0; i < 1000; i++)
            freed += _kernel.Vmscan.Reclaim(32, direct: true);
        return freed;
    }

    [IterationSetup(Target = nameof(ReclaimOf50000PagesAfterOneMark))]
    public void MarkAndUnmark()
    {
        Boot(100_000);
        Fill(50_000);
        _task.Mm!.Vrange(Base, 4096, 1, 0, out _);
        _task.Mm.Vrange(Base, 4096, 0, 0, out _);
    }

    [Benchmark]
    public int ReclaimOf50000PagesAfterOneMark() => ReclaimInBatches(50_000);

    [IterationSetup(Target = nameof(ReclaimOf32000PagesOfAlternatingMarks))]
    public void MarkEveryOther()
    {
        Boot(100_000);
        Fill(32_000);
        for (ulong i = 0; i < 32_000; i += 2)
            _task.Mm!.Vrange(Base + (i * 4096), 4096, 1, 0, out _);
    }

    [Benchmark]
    public int ReclaimOf32000PagesOfAlternatingMarks() => ReclaimInBatches(32_000);

    [IterationSetup(Target = nameof(ExitWith60000MappingsOfAFile))]
    public void MapPageByPage()
    {
        Boot(100_000);
        VmFile file = new(_kernel.Files.CreateShmem(60_000 * 4096L), "/f");
        for (ulong i = 0; i < 60_000; i++)
            _task.Mm!.Mmap(Base + (i * 4096), 4096, ReadWrite, MapFlags.Shared | MapFlags.Fixed, file, (59_999 - i) * 4096);
    }

    [Benchmark]
    public void ExitWith60000MappingsOfAFile() => _kernel.Tasks.Exit(_task, 0);

    [IterationSetup(Target = nameof(ExitWith20000AreasFarApart))]
    public void MapFarApart()
    {
        Boot(100_000);
        for (ulong i = 0; i < 20_000; i++)
        {
            _task.Mm!.Mmap(FarApart + (i << 30), 4096, ReadWrite, Fixed);
            _task.Store(FarApart + (i << 30), [1]);
        }
    }

    [Benchmark]
    public void ExitWith20000AreasFarApart() => _kernel.Tasks.Exit(_task, 0);

    private void Boot(int pages)
    {
        _kernel = new Kernel(new KernelOptions { TotalPages = pages, SwapPages = pages });
        _task = _kernel.Tasks.Create("bench")!;
    }

    private void Fill(ulong pages)
    {
        _task.Mm!.Mmap(Base, pages * 4096, ReadWrite, Fixed);
        for (ulong i = 0; i < pages; i++)
            _task.Store(Base + (i * 4096), [1]);
    }

    private int ReclaimInBatches(int pages)
    {
        int freed = 0;
        while (freed < pages && _kernel.Vmscan.Reclaim(32, direct: true) is > 0 and var got)
            freed += got;
        return freed;
    }

    private sealed class FileOwner : IVrangeOwner
    {
        public VrangeOwners Kind => VrangeOwners.Files;

        public long Purge(VrangeRef victim, in ScanControl control) => 0;
    }
}
