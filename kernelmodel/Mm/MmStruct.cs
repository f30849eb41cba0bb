using KernelModel.Mapping;
using KernelModel.Ranges;
using KernelModel.Tasks;

namespace KernelModel.Mm;

/// <summary>
/// The address space of a task (linux: struct mm_struct): VMAs, page table, counters, and the calls on them. Results are
/// 0, a count or an address, or a negative errno. Everything is guarded by the model's lock (<see cref="Kernel.SyncRoot"/>).
/// </summary>
public sealed partial class MmStruct
{
    /// <summary>The first byte above user addresses on x86-64 with four levels.</summary>
    public const ulong TaskSize = 0x7fff_ffff_f000;

    /// <summary>sysctl vm.max_map_count.</summary>
    public const int MaxMapCount = 65530;

    private const ulong Page = PageSize.Bytes;
    private const ulong PageMask = ~(Page - 1);

    private readonly Kernel _kernel;
    private readonly RangeTree<VmArea> _areas = new(trackGaps: true);

    internal MmStruct(Kernel kernel, TaskStruct owner)
    {
        _kernel = kernel;
        Owner = owner;
    }

    /// <summary>The task that runs in it.</summary>
    public TaskStruct Owner { get; }

    /// <summary>VMAs (map_count).</summary>
    public int MapCount => _areas.Count;

    /// <summary>Pages mapped (VmSize).</summary>
    public long TotalVm { get; private set; }

    /// <summary>Pages of VM_LOCKED areas that are not pinned (VmLck, R50).</summary>
    public long LockedVm { get; private set; }

    /// <summary>Of <see cref="LockedVm"/>, pages that no area stands for any more (see CompleteDontUnmap).</summary>
    internal long StrayLockedVm { get; private set; }

    /// <summary>Pages of VM_PINNED areas (VmPin, R50).</summary>
    public long PinnedVm { get; private set; }

    /// <summary>Pages of private writable areas (VmData).</summary>
    public long DataVm { get; private set; }

    /// <summary>Pages of executable areas that cannot be written (VmExe and VmLib together).</summary>
    public long ExecVm { get; private set; }

    /// <summary>Pages of areas that grow down (VmStk).</summary>
    public long StackVm { get; private set; }

    /// <summary>Pages of the commit charge that VM_ACCOUNT areas hold.</summary>
    public long CommittedPages { get; private set; }

    /// <summary>Anonymous pages mapped (RssAnon).</summary>
    public long AnonRss { get; private set; }

    /// <summary>File pages mapped (RssFile).</summary>
    public long FileRss { get; private set; }

    /// <summary>Shared memory pages mapped (RssShmem).</summary>
    public long ShmemRss { get; private set; }

    /// <summary>Entries in swap (VmSwap).</summary>
    public long SwapEntries { get; private set; }

    /// <summary>The largest <see cref="TotalVm"/> ever (VmPeak).</summary>
    public long PeakVm { get; private set; }

    /// <summary>The largest resident set ever (VmHWM).</summary>
    public long PeakRss { get; private set; }

    /// <summary>Pages resident (VmRSS).</summary>
    public long Rss => AnonRss + FileRss + ShmemRss;

    /// <summary>Page tables in use (VmPTE / 4 kB).</summary>
    public int PageTables => PageTable.Tables;

    internal Kernel Kernel => _kernel;

    internal PageTable PageTable { get; } = new();

    /// <summary>Flags every new mapping gets: VM_LOCKED and VM_LOCKONFAULT after MCL_FUTURE.</summary>
    internal VmFlags DefaultFlags { get; private set; }

    /// <summary>The VMAs in ascending order.</summary>
    public IEnumerable<VmArea> Areas
    {
        get
        {
            foreach (RangeTree<VmArea>.Entry entry in _areas)
                yield return entry.Value;
        }
    }

    /// <summary>The VMA that contains an address, or null (vma_lookup).</summary>
    public VmArea? Lookup(ulong address) => _areas.TryFind(address, out _, out _, out VmArea vma) ? vma : null;

    /// <summary>The first VMA that ends above an address, or null (find_vma).</summary>
    public VmArea? Find(ulong address) => _areas.FirstAtOrAfter(address, out _, out _, out VmArea vma) ? vma : null;

    internal VmArea? FindBefore(ulong address) => _areas.LastBefore(address, out _, out _, out VmArea vma) ? vma : null;

    internal VmArea? NextOf(VmArea vma) => Find(vma.End);

    internal VmArea? PrevOf(VmArea vma) => FindBefore(vma.Start);

    internal VmArea? FirstIn(ulong start, ulong end) => start < end && Find(start) is { } vma && vma.Start < end ? vma : null;

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

    /// <summary>mm/mmap.c: vm_stat_account.</summary>
    private void Account(VmFlags flags, long pages)
    {
        TotalVm += pages;
        PeakVm = Math.Max(PeakVm, TotalVm);
        if ((flags & (VmFlags.Exec | VmFlags.Write | VmFlags.GrowsDown)) == VmFlags.Exec)
            ExecVm += pages;
        else if ((flags & VmFlags.GrowsDown) != 0)
            StackVm += pages;
        else if ((flags & (VmFlags.Write | VmFlags.Shared)) == VmFlags.Write)
            DataVm += pages;
    }

    /// <summary>R50: a page counts once, as pinned before locked.</summary>
    private void AccountLocked(VmFlags flags, long pages)
    {
        if ((flags & VmFlags.Pinned) != 0)
            PinnedVm += pages;
        else if ((flags & VmFlags.Locked) != 0)
            LockedVm += pages;
    }

    private bool CanLock => Owner.Limits.MemLock != 0 || Owner.Credentials.Has(Capability.IpcLock);

    private bool IgnoresLockLimit => Owner.Credentials.Has(Capability.IpcLock);

    private ulong LockLimitPages => Owner.Limits.MemLock >> PageSize.Shift;

    /// <summary>mm/mmap.c: mlock_future_ok, over the sum of locked and pinned pages (R51).</summary>
    private bool LockFutureOk(VmFlags flags, ulong bytes)
    {
        if ((flags & VmFlags.Locked) == 0 || IgnoresLockLimit)
            return true;
        return (bytes >> PageSize.Shift) + (ulong)(LockedVm + PinnedVm) <= LockLimitPages;
    }

    /// <summary>mm/mmap.c: may_expand_vm.</summary>
    private bool MayExpand(VmFlags flags, long pages)
    {
        if (Owner.Limits.AddressSpace != Rlimits.Infinity && (ulong)(TotalVm + pages) > Owner.Limits.AddressSpace >> PageSize.Shift)
            return false;
        bool data = (flags & (VmFlags.Write | VmFlags.Shared | VmFlags.GrowsDown)) == VmFlags.Write;
        return !data || Owner.Limits.Data == Rlimits.Infinity
            || (ulong)(DataVm + pages) <= Owner.Limits.Data >> PageSize.Shift;
    }
}
