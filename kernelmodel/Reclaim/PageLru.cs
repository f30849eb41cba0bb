using KernelModel.Mm;

namespace KernelModel.Reclaim;

/// <summary>
/// The page LRU (linux: struct lruvec): lists linked through the page array. Guarded by the model's lock.
/// </summary>
internal sealed class PageLru
{
    private const int Lists = 5;

    private readonly MemMap _pages;
    private readonly VmStat _stat;
    private readonly int[] _head = new int[Lists];
    private readonly int[] _tail = new int[Lists];
    private readonly int[] _count = new int[Lists];

    // Pages that MADV_FREE gave up and that still are on the anon list: the kernel's per-CPU batch.
    private readonly List<int> _lazyFree = [];

    internal PageLru(MemMap pages, VmStat stat)
    {
        _pages = pages;
        _stat = stat;
        Array.Fill(_head, -1);
        Array.Fill(_tail, -1);
    }

    /// <summary>Pages on a list.</summary>
    public int Count(LruList list) => _count[(int)list];

    /// <summary>Pages on all lists.</summary>
    internal int Total => _count[0] + _count[1] + _count[2] + _count[3] + _count[4];

    /// <summary>The coldest page of a list, or -1.</summary>
    internal int Tail(LruList list) => _tail[(int)list];

    /// <summary>The next warmer page of the same list, or -1.</summary>
    internal int Warmer(int pfn) => _pages[pfn].Prev;

    internal static LruList ListOf(in Page page)
    {
        if (page.Has(PageFlags.Unevictable))
            return LruList.Unevictable;
        return (page.Has(PageFlags.SwapBacked), page.Has(PageFlags.Active)) switch
        {
            (true, true) => LruList.ActiveAnon,
            (true, false) => LruList.InactiveAnon,
            (false, true) => LruList.ActiveFile,
            _ => LruList.InactiveFile,
        };
    }

    /// <summary>Puts a page at the warm end of the list its flags name.</summary>
    internal void Add(int pfn)
    {
        ref Page page = ref _pages[pfn];
        if (page.MlockCount > 0)
            page.Flags = (page.Flags | PageFlags.Unevictable) & ~PageFlags.Active;
        else
            page.Flags &= ~PageFlags.Unevictable;
        page.Flags |= PageFlags.Lru;
        int list = (int)ListOf(page);
        page.Prev = -1;
        page.Next = _head[list];
        if (page.Next >= 0)
            _pages[page.Next].Prev = pfn;
        else
            _tail[list] = pfn;
        _head[list] = pfn;
        _count[list]++;
    }

    /// <summary>Takes a page off its list; the flags still name the list.</summary>
    internal void Remove(int pfn)
    {
        ref Page page = ref _pages[pfn];
        if (!page.Has(PageFlags.Lru))
            return;
        int list = (int)ListOf(page);
        if (page.Prev >= 0)
            _pages[page.Prev].Next = page.Next;
        else
            _head[list] = page.Next;
        if (page.Next >= 0)
            _pages[page.Next].Prev = page.Prev;
        else
            _tail[list] = page.Prev;
        page.Flags &= ~PageFlags.Lru;
        page.Next = page.Prev = -1;
        _count[list]--;
    }

    /// <summary>Moves a page to the list that changed flags name.</summary>
    internal void Move(int pfn, PageFlags set, PageFlags clear)
    {
        bool was = _pages[pfn].Has(PageFlags.Lru);
        Remove(pfn);
        ref Page page = ref _pages[pfn];
        page.Flags = (page.Flags | set) & ~clear;
        if (was)
            Add(pfn);
    }

    /// <summary>mm/swap.c: lru_add_drain; what MADV_FREE gave up becomes discardable only now.</summary>
    internal void AddDrain()
    {
        foreach (int pfn in _lazyFree)
        {
            // A frame that was freed meanwhile is not in the batch any more, whoever has it now.
            ref Page page = ref _pages[pfn];
            const PageFlags Wanted = PageFlags.LazyFree | PageFlags.Anon | PageFlags.SwapBacked | PageFlags.Lru;
            bool wanted = (page.Flags & Wanted) == Wanted;
            page.Flags &= ~PageFlags.LazyFree;
            if (!wanted || page.Has(PageFlags.SwapCache | PageFlags.Unevictable))
                continue;
            Move(pfn, PageFlags.None, PageFlags.SwapBacked | PageFlags.Active | PageFlags.Referenced);
            _stat.Add(VmStatItem.PgLazyFree, 1);
        }

        _lazyFree.Clear();
    }

    /// <summary>mm/swap.c: folio_mark_lazyfree.</summary>
    internal void MarkLazyFree(int pfn)
    {
        ref Page page = ref _pages[pfn];
        if (page.Has(PageFlags.Anon) && page.Has(PageFlags.SwapBacked) && !page.Has(PageFlags.SwapCache | PageFlags.Unevictable | PageFlags.LazyFree))
        {
            page.Flags |= PageFlags.LazyFree;
            _lazyFree.Add(pfn);
        }
    }
}
