using KernelModel.Ranges;

namespace Fs.Host;

/// <summary>Pages of a file that lie behind each other in the shared memory.</summary>
/// <param name="First">First page of the file.</param>
/// <param name="Last">Last page of the file, inclusive.</param>
/// <param name="Place">Where the first one is, in pages.</param>
internal readonly record struct Extent(ulong First, ulong Last, ulong Place)
{
    /// <summary>Where a page of the extent is, in pages.</summary>
    public ulong PlaceOf(ulong page) => Place + (page - First);
}

/// <summary>
/// Where the pages of one file are. One extent, which is what nearly every file has, costs no tree. Not thread safe: the
/// owner's lock guards it.
/// </summary>
internal sealed class ExtentMap
{
    // A single extent lives here; first above last means none.
    private Extent _only = new(1, 0, 0);
    private RangeTree<ulong>? _tree;

    /// <summary>Pages that have a place.</summary>
    public long Pages { get; private set; }

    /// <summary>The lowest extent that ends at or after a page.</summary>
    public bool FirstAtOrAfter(ulong page, out Extent extent)
    {
        if (_tree is not null)
        {
            bool found = _tree.FirstAtOrAfter(page, out ulong first, out ulong last, out ulong place);
            extent = new Extent(first, last, place);
            return found;
        }

        extent = _only;
        return _only.First <= _only.Last && _only.Last >= page;
    }

    /// <summary>Gives pages that have none a place.</summary>
    public void Add(Extent added)
    {
        Pages += (long)(added.Last - added.First + 1);
        if (_tree is null && (_only.First > _only.Last || Continues(_only, added)))
        {
            _only = _only.First > _only.Last ? added : _only with { Last = added.Last };
            return;
        }

        RangeTree<ulong> tree = Tree();
        if (tree.LastBefore(added.First, out ulong first, out ulong last, out ulong place)
            && Continues(new Extent(first, last, place), added))
            tree.Resize(first, first, added.Last);
        else
            tree.Insert(added.First, added.Last, added.Place);
    }

    /// <summary>Takes the places of the lowest run of pages within first..last away. False when there is none.</summary>
    public bool TryCut(ulong first, ulong last, out Extent cut)
    {
        if (!FirstAtOrAfter(first, out Extent extent) || extent.First > last)
        {
            cut = default;
            return false;
        }

        ulong from = Math.Max(first, extent.First);
        ulong to = Math.Min(last, extent.Last);
        cut = new Extent(from, to, extent.PlaceOf(from));
        Pages -= (long)(to - from + 1);

        bool keepsHead = from > extent.First;
        bool keepsTail = to < extent.Last;
        if (_tree is null && !(keepsHead && keepsTail))
        {
            _only = keepsHead ? extent with { Last = from - 1 }
                : keepsTail ? new Extent(to + 1, extent.Last, extent.PlaceOf(to + 1))
                : new Extent(1, 0, 0);
            return true;
        }

        RangeTree<ulong> tree = Tree();
        if (keepsHead)
            tree.Resize(extent.First, extent.First, from - 1);
        else
            tree.Remove(extent.First);
        if (keepsTail)
            tree.Insert(to + 1, extent.Last, extent.PlaceOf(to + 1));
        return true;
    }

    private static bool Continues(Extent before, Extent added)
        => before.Last + 1 == added.First && before.PlaceOf(added.First) == added.Place;

    private RangeTree<ulong> Tree()
    {
        if (_tree is null)
        {
            _tree = new RangeTree<ulong>();
            if (_only.First <= _only.Last)
                _tree.Insert(_only.First, _only.Last, _only.Place);
        }

        return _tree;
    }
}
