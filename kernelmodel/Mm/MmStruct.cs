using KernelModel.Mapping;
using KernelModel.Tasks;

namespace KernelModel.Mm;

/// <summary>
/// The address space of a task (linux: struct mm_struct): VMAs, page table, counters, and the calls on them. Results are
/// 0, a count or an address, or a negative errno. Everything is guarded by the model's lock (<see cref="Kernel.SyncRoot"/>).
/// </summary>
internal sealed partial class MmStruct
{
    /// <summary>The first byte above user addresses on x86-64 with four levels.</summary>
    public const ulong TaskSize = 0x7fff_ffff_f000;

    /// <summary>sysctl vm.max_map_count.</summary>
    public const int MaxMapCount = 65530;

    private const ulong Page = PageSize.Bytes;
    private const ulong PageMask = ~(Page - 1);

    private readonly Kernel _kernel;

    internal MmStruct(Kernel kernel, TaskStruct owner)
    {
        _kernel = kernel;
        Owner = owner;
        Vmas = new VmaTree(kernel, this);
        PageTable = new PageTable(kernel.Pages);
    }

    /// <summary>The task that runs in it.</summary>
    public TaskStruct Owner { get; }

    /// <summary>VMAs (map_count).</summary>
    public int MapCount => Vmas.Count;

    /// <summary>Pages mapped (VmSize).</summary>
    public long TotalVm => Vmas.TotalVm;

    /// <summary>Pages of VM_LOCKED areas that are not pinned (VmLck, R50).</summary>
    public long LockedVm => Vmas.LockedVm;

    /// <summary>Of <see cref="LockedVm"/>, pages that no area stands for any more (see CompleteDontUnmap).</summary>
    internal long StrayLockedVm => Vmas.StrayLockedVm;

    /// <summary>Pages of VM_PINNED areas (VmPin, R50).</summary>
    public long PinnedVm => Vmas.PinnedVm;

    /// <summary>Pages of private writable areas (VmData).</summary>
    public long DataVm => Vmas.DataVm;

    /// <summary>Pages of executable areas that cannot be written (VmExe and VmLib together).</summary>
    public long ExecVm => Vmas.ExecVm;

    /// <summary>Pages of areas that grow down (VmStk).</summary>
    public long StackVm => Vmas.StackVm;

    /// <summary>Pages of the commit charge that VM_ACCOUNT areas hold.</summary>
    public long CommittedPages => Vmas.CommittedPages;

    /// <summary>The largest <see cref="TotalVm"/> ever (VmPeak).</summary>
    public long PeakVm => Vmas.PeakVm;

    /// <summary>Anonymous pages mapped (RssAnon).</summary>
    public long AnonRss { get; private set; }

    /// <summary>File pages mapped (RssFile).</summary>
    public long FileRss { get; private set; }

    /// <summary>Shared memory pages mapped (RssShmem).</summary>
    public long ShmemRss { get; private set; }

    /// <summary>Entries in swap (VmSwap).</summary>
    public long SwapEntries { get; private set; }

    /// <summary>The largest resident set ever (VmHWM).</summary>
    public long PeakRss { get; private set; }

    /// <summary>Pages resident (VmRSS).</summary>
    public long Rss => AnonRss + FileRss + ShmemRss;

    internal Kernel Kernel => _kernel;

    internal VmaTree Vmas { get; }

    internal PageTable PageTable { get; }

    /// <summary>Flags every new mapping gets: VM_LOCKED and VM_LOCKONFAULT after MCL_FUTURE.</summary>
    internal VmFlags DefaultFlags { get; private set; }

    /// <summary>The VMAs in ascending order.</summary>
    public IEnumerable<VmArea> Areas => Vmas.All;

    /// <summary>The VMA that contains an address, or null (vma_lookup).</summary>
    public VmArea? Lookup(ulong address) => Vmas.Lookup(address);

    /// <summary>The first VMA that ends above an address, or null (find_vma).</summary>
    public VmArea? Find(ulong address) => Vmas.Find(address);

    internal VmArea? FirstIn(ulong start, ulong end) => Vmas.FirstIn(start, end);

    internal static ulong PageAlign(ulong value) => (value + Page - 1) & PageMask;

    internal void CountRss(in Page page, int delta)
    {
        if (page.Has(PageFlags.Anon))
            AnonRss += delta;
        else if (page.Has(PageFlags.SwapBacked))
            ShmemRss += delta;
        else
            FileRss += delta;
        PeakRss = Math.Max(PeakRss, Rss);
    }

    internal void CountSwap(int delta) => SwapEntries += delta;
}
