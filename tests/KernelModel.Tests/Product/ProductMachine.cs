using System.Text;
using KernelModel.Mapping;
using KernelModel.Mm;
using KernelModel.Reclaim;
using KernelModel.Tasks;
using KernelModel.Tests.Mapping;
using KernelModel.Tests.Mm;
using KernelModel.Vrange;

namespace KernelModel.Tests.Product;

/// <summary>A machine, its files, and the calls that the product test makes, each with what it means to the oracle.</summary>
internal sealed partial class ProductMachine : IDisposable
{
    private const int MostTasks = 4;
    private const int FilePages = 16;

    private readonly Kernel _kernel;
    private readonly Arena _arena;
    private readonly Oracle _oracle;
    private readonly FileState _mount;
    private readonly TestFile _mountFile;
    private readonly StringBuilder _script = new();
    private Random _random = new(0);
    private long _stamp;

    // What the mount did to its file is left for the next call to find.
    private bool _newsWait;

    private ProductMachine(ProductCase product)
    {
        VrangeLru ranges = new();
        _mountFile = new TestFile(new MappingDomain(new MemoryStorage(product.MountLimit), ranges, SigbusOnPurged: false));
        _kernel = new Kernel(new KernelOptions { TotalPages = product.Memory, SwapPages = product.Swap, Ranges = ranges });
        _arena = new Arena(product.Arena);
        _oracle = new Oracle(_kernel, _arena);
        foreach (string name in (ReadOnlySpan<string>)["memfd1", "memfd2"])
            _oracle.Files.Add(new FileState(name) { Cache = _kernel.Files.CreateShmem(FilePages * PageSize.Bytes), Size = FilePages });
        _mount = new FileState("mount") { Mount = _mountFile, Size = FilePages };
        _mountFile.Mapping.Truncate(FilePages * PageSize.Bytes);
        _oracle.Files.Add(_mount);
        NewTask();
    }

    /// <summary>Makes the calls of a case, and looks at everything after each.</summary>
    /// <exception cref="ProductFailure">A property does not hold; the message has the script so far.</exception>
    public static void Run(ProductCase product)
    {
        using ProductMachine machine = new(product);
        lock (machine._kernel.SyncRoot)
        {
            try
            {
                foreach (int step in product.Steps)
                    machine.Step(step);
                machine.End();
            }
            catch (Exception e)
            {
                throw new ProductFailure($"{e.Message}\n{product.Memory} pages, {product.Swap} in swap\n{machine._script}\n{e}");
            }
        }
    }

    public void Dispose() => _kernel.Dispose();

    private void Step(int step)
    {
        _random = new Random(step);
        _newsWait = false;
        _oracle.Begin();
        Call(_oracle.Tasks[Next(_oracle.Tasks.Count)]);
        if (_kernel.Files.All.OfType<MountFile>().FirstOrDefault() is { } cache)
        {
            _mount.Cache = cache;

            // As any look at the pages does; now and then the next call is the first to look.
            if (!_newsWait)
                cache.CatchUp();
        }
        else
        {
            _mount.Cache = null;
        }

        _oracle.Compare();
        _oracle.CompareListings();
        if (step % 4 == 0)
            Invariants.Check(_kernel);
    }

    // What is left is asked for once more, by the tasks themselves, then everything is given back.
    private void End()
    {
        _random = new Random(1);
        foreach (TaskView view in _oracle.Tasks.ToArray())
        {
            for (int i = 0; i < 16; i++)
            {
                _oracle.Begin();
                Load(view, AnyMappedPage(view));
                _oracle.Compare();
            }
        }

        Invariants.Check(_kernel);
        foreach (TaskView view in _oracle.Tasks.ToArray())
            Exit(view);
        Invariants.Check(_kernel);
        int swapped = _kernel.Files.All.Sum(cache => cache.SwappedPages);
        int resident = _kernel.Files.All.Sum(cache => cache.ResidentPages);
        Oracle.Require(_kernel.FreePages == _kernel.TotalPages - _kernel.Pages.OwnPages - resident - _kernel.Stat[VmStatItem.NrSwapCached], "memory is left behind");
        Oracle.Require((_kernel.Swap?.UsedSlots ?? 0) == swapped, "swap is left behind");
    }

    private int Next(int bound) => _random.Next(bound);

    private void Say(string text) => _script.AppendLine(text);

    private TaskView NewTask()
    {
        TaskStruct task = _kernel.Tasks.Create("product")!;
        task.Credentials = Credentials.Root;
        TaskView view = new(task, _arena.Pages);
        _oracle.Tasks.Add(view);
        return view;
    }

    /// <summary>A stretch inside of a window, mostly of the mappings'.</summary>
    private (int Page, int Pages) Stretch()
    {
        int first = Next(8) > 0 ? 0 : Next(2) == 0 ? _arena.HeapFirst : _arena.StackFirst;
        int end = _arena.EndOfWindow(first);
        int page = first + Next(end - first);
        int most = Next(4) == 0 ? end - page : Math.Min(end - page, 6);
        return (page, 1 + Next(most));
    }

    private int AnyPage() => Next(_arena.Pages);

    private static ulong Bytes(int pages) => (ulong)pages << 12;

    /// <summary>The areas of a stretch with the pages they have in it, in order; holes are left out.</summary>
    private List<(VmArea Area, int First, int End)> AreasIn(TaskView view, int page, int pages)
    {
        List<(VmArea, int, int)> areas = [];
        for (int at = page; at < page + pages;)
        {
            VmArea? vma = view.Task.Mm!.Lookup(_arena.At(at));
            int end = at + 1;
            while (end < page + pages && vma is not null && vma.Contains(_arena.At(end)))
                end++;
            if (vma is not null)
                areas.Add((vma, at, end));
            at = end;
        }

        return areas;
    }
}
