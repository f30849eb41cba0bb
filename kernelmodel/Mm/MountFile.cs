using KernelModel.Mapping;
using KernelModel.Ranges;
using KernelModel.Reclaim;
using KernelModel.Vrange;

namespace KernelModel.Mm;

/// <summary>
/// A file of a mount as model tasks see it: pages of the model over the <see cref="AddressSpace"/> that the mount serves,
/// which has its contents, its size and its marks. Guarded by the model's lock, which lies outside the mapping's.
/// </summary>
internal sealed class MountFile : PageCache, IMappedView
{
    private readonly AddressSpace _space;

    internal MountFile(Kernel kernel, int id, ulong inode, AddressSpace space)
        : base(kernel, id, inode)
    {
        _space = space;
        OpenCount = 0;
    }

    /// <summary>The mount's file.</summary>
    internal AddressSpace Space => _space;

    /// <summary>i_size in bytes: the mount's, which changes with every writer.</summary>
    public override long Size => _space.Stat().Size;

    /// <inheritdoc/>
    public void OnStale(bool wait)
    {
        if (!wait && !Kernel.SyncRoot.TryEnter())
        {
            // Who holds the model may be waiting for what the caller serves.
            ThreadPool.UnsafeQueueUserWorkItem(static cache => cache.OnStale(wait: true), this, preferLocal: false);
            return;
        }

        if (wait)
            Kernel.SyncRoot.Enter();
        try
        {
            _space.DropStale();
        }
        finally
        {
            Kernel.SyncRoot.Exit();
        }
    }

    /// <inheritdoc/>
    public void Drop(ulong first, ulong last, PageRuns dirty)
    {
        Kernel.AssertLocked();
        foreach ((ulong index, int pfn) in EntriesIn(first, last))
        {
            if (Kernel.Vmscan.CleanForWriteBack(pfn))
                dirty.Add(index, index);
        }

        // R9: copies that private mappings own stay.
        UnmapRange(first, last, evenCows: false);
        RemoveRange(first, last);
    }

    /// <inheritdoc/>
    public void Cut(ulong first, ulong last, bool evenCopies)
    {
        Kernel.AssertLocked();
        UnmapRange(first, last, evenCopies);
        RemoveRange(first, last);
    }

    /// <inheritdoc/>
    public unsafe void Refresh(ulong first, ulong last, IBackingStore store)
    {
        Kernel.AssertLocked();
        foreach ((ulong index, int pfn) in EntriesIn(first >> PageSize.Shift, last >> PageSize.Shift))
        {
            ulong start = Math.Max(first, index << PageSize.Shift);
            ulong end = Math.Min(last, ((index + 1) << PageSize.Shift) - 1);
            int inPage = (int)(start & (PageSize.Bytes - 1));
            Span<byte> bytes = new(Kernel.Pages.BytesForWrite(pfn) + inPage, (int)(end - start + 1));
            bytes[Math.Max(0, store.Read((long)start, bytes))..].Clear();
        }
    }

    internal override void CatchUp()
    {
        if (_space.HasNews)
            _space.CatchUp();
    }

    internal override void Mark(ulong first, ulong last, VrangeBehavior behavior) => _ = _space.Mark(first, last, behavior);

    internal override PurgeWait? TakeBack(ulong first, ulong last)
        => _space.TryUnmarkFromView(first, last, report: false, out _) ? null : new PurgeWait(_space, first, last);

    // Where a purge runs by now, somebody marked the pages again since they were taken back: that one is not ours.
    internal override bool Unmark(ulong first, ulong last)
        => _space.TryUnmarkFromView(first, last, report: true, out VrangeLoss loss) && loss.Purged;

    internal override bool PurgePage(ulong index)
    {
        if (!MayPurge(index, takesShown: false))
            return false;

        // The model's lock is held: the host's part of the purge is not waited for. What of it is the model's is done here.
        _space.PurgeWithin(index, index, wait: false);
        return Find(index) == 0;
    }

    internal override void ListRanges(ulong first, ulong last, List<VrangeEntry> into) => _space.ListVranges(first, last, into);

    internal override void Punch(ulong first, ulong last)
    {
        base.Punch(first, last);
        _space.PunchHole(PageSize.OffsetOf(first), PageSize.OffsetOf(last - first + 1));
    }

    internal override void ReadAhead(ulong first, ulong last)
    {
        for (ulong index = first; index <= last && !IsBeyondEnd(index); index++)
            GetPage(index, out _);
    }

    internal override int WriteBack(ulong first, ulong last)
    {
        CatchUp();
        int written = 0;
        foreach ((_, int pfn) in EntriesIn(first, last))
        {
            if (!Kernel.Vmscan.CleanForWriteBack(pfn))
                continue;
            int result = WriteOut(pfn);
            if (result < 0)
                return result;
            written++;
        }

        return written;
    }

    private unsafe int WriteOut(int pfn)
    {
        ref Page page = ref Kernel.Pages[pfn];
        long offset = PageSize.OffsetOf(page.Index);
        int length = (int)Math.Min(PageSize.Bytes, Size - offset);
        Kernel.ClearDirty(pfn);
        Kernel.Stat.Add(VmStatItem.PgPgOut, 4);
        return length <= 0 ? 0 : _space.WriteBackFromView(offset, new ReadOnlySpan<byte>(Kernel.Pages.BytesForWrite(pfn), length));
    }

    internal override bool WritePage(int pfn) => WriteOut(pfn) >= 0;

    private protected override unsafe int ReadPage(ulong index, int pfn)
    {
        Kernel.Stat.Add(VmStatItem.PgPgIn, 4);
        int length = (int)Math.Min(PageSize.Bytes, Math.Max(0, Size - PageSize.OffsetOf(index)));
        return _space.Read(PageSize.OffsetOf(index), new Span<byte>(Kernel.Pages.BytesForWrite(pfn), length));
    }

    private protected override void Evict() => _space.Detach();
}
