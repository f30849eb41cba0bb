namespace KernelModel.Mm;

/// <summary>
/// One page frame (linux: struct page), a 48 byte entry of <see cref="MemMap"/> that holds no reference, so that
/// millions of them cost the garbage collector nothing. Guarded by the model's lock.
/// </summary>
internal struct Page
{
    public PageFlags Flags;

    /// <summary>Page table entries that map it.</summary>
    public int MapCount;

    /// <summary>
    /// Of these, the ones in VMAs that are locked or pinned; after mremap with DONTUNMAP also the lock that was left behind.
    /// </summary>
    public int MlockCount;

    /// <summary>LRU neighbours; Next also links the free list.</summary>
    public int Next;
    public int Prev;

    /// <summary>Slot of its anon_vma or of its page cache, by <see cref="PageFlags.Anon"/>.</summary>
    public int Mapping;

    /// <summary>Page number in the file, or the linear index of anonymous memory.</summary>
    public ulong Index;

    /// <summary>Swap slot while <see cref="PageFlags.SwapCache"/> is set.</summary>
    public int SwapSlot;

    /// <summary>The bytes, or 0 for a page that holds nothing but zeros.</summary>
    public nint Frame;

    public readonly bool Has(PageFlags flags) => (Flags & flags) != 0;

    /// <summary>Belongs to shmem rather than to a file on a disk.</summary>
    public readonly bool IsShmem => (Flags & (PageFlags.Anon | PageFlags.SwapBacked)) == PageFlags.SwapBacked;
}
