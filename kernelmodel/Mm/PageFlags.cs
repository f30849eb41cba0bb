namespace KernelModel.Mm;

/// <summary>State of a page frame (linux: page-flags.h).</summary>
[Flags]
internal enum PageFlags : uint
{
    None = 0,

    /// <summary>Somebody works on it: reclaim leaves it alone.</summary>
    Locked = 1 << 0,
    Referenced = 1 << 1,
    Dirty = 1 << 2,
    Lru = 1 << 3,
    Active = 1 << 4,
    Unevictable = 1 << 5,

    /// <summary>Belongs to the anon LRU: its store is swap. Clear on an anonymous page that MADV_FREE gave up.</summary>
    SwapBacked = 1 << 6,

    /// <summary>Index of a swap slot is valid and the slot names this page.</summary>
    SwapCache = 1 << 7,
    Anon = 1 << 8,

    /// <summary>A <see cref="Mm.PageCache"/> holds it.</summary>
    PageCache = 1 << 9,

    /// <summary>One page table entry has it to itself, so that a store needs no copy.</summary>
    AnonExclusive = 1 << 10,

    /// <summary>
    /// mm/swap.c, lru_add: mlocked, but put back on its list since, so that the kernel's count is 0 and the next unlock of
    /// anybody ends it. <see cref="Page.MlockCount"/> is 1 meanwhile.
    /// </summary>
    MlockUncounted = 1 << 12,

    /// <summary>In the batch of pages that MADV_FREE gave up; a reference to it in the kernel.</summary>
    LazyFree = 1 << 13,

    /// <summary>Not in the free list.</summary>
    Allocated = 1 << 11,
}
