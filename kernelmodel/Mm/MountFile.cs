using KernelModel.Mapping;
using KernelModel.Ranges;

namespace KernelModel.Mm;

// A file of a mount as model tasks see it: a page cache of the model over the address_space that the mount serves.
public sealed partial class PageCache : IMappedView
{
    internal PageCache(Kernel kernel, int id, ulong inode, AddressSpace space)
        : this(kernel, id, inode, 0, new SpaceStore(space))
    {
        Space = space;
        OpenCount = 0;
    }

    /// <summary>The mount's file whose pages it caches, or null for a file that is the model's own.</summary>
    public AddressSpace? Space { get; }

    /// <inheritdoc/>
    public void OnStale(bool wait)
    {
        if (!wait && !_kernel.SyncRoot.TryEnter())
        {
            // Who holds the model may be waiting for what the caller serves.
            ThreadPool.UnsafeQueueUserWorkItem(static cache => cache.OnStale(wait: true), this, preferLocal: false);
            return;
        }

        if (wait)
            _kernel.SyncRoot.Enter();
        try
        {
            Space!.DropStale();
        }
        finally
        {
            _kernel.SyncRoot.Exit();
        }
    }

    /// <inheritdoc/>
    public void Drop(ulong first, ulong last, PageRuns dirty)
    {
        foreach ((ulong index, int pfn) in _entries.In(first, last))
        {
            if (_kernel.Vmscan.CleanForWriteBack(pfn))
                dirty.Add(index, index);
        }

        // R9: copies that private mappings own stay.
        UnmapRange(first, last, evenCows: false);
        RemoveRange(first, last);
    }

    /// <inheritdoc/>
    public void Cut(ulong first, ulong last, bool evenCopies)
    {
        UnmapRange(first, last, evenCopies);
        RemoveRange(first, last);
    }

    /// <inheritdoc/>
    public unsafe void Refresh(ulong first, ulong last, IBackingStore store)
    {
        foreach ((ulong index, int pfn) in _entries.In(first >> PageSize.Shift, last >> PageSize.Shift))
        {
            ulong start = Math.Max(first, index << PageSize.Shift);
            ulong end = Math.Min(last, ((index + 1) << PageSize.Shift) - 1);
            int inPage = (int)(start & (PageSize.Bytes - 1));
            Span<byte> bytes = new(_kernel.Pages.BytesForWrite(pfn) + inPage, (int)(end - start + 1));
            bytes[Math.Max(0, store.Read((long)start, bytes))..].Clear();
        }
    }

    /// <summary>Before its pages are looked at: what the mount did to the file meanwhile. Costs nothing when that is nothing.</summary>
    internal void CatchUp()
    {
        if (Space is { HasNews: true } space)
            space.CatchUp();
    }
}
