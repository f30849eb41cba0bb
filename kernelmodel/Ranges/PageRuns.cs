namespace KernelModel.Ranges;

/// <summary>
/// A set of page numbers kept as runs; neighbouring runs merge. One run, which is what nearly every file has, costs no
/// tree. Not thread safe: the owner's lock guards it. Ends are inclusive.
/// </summary>
public sealed class PageRuns
{
    // A set of at most one run lives in these two; first > last means none.
    private ulong _first = 1;
    private ulong _last;
    private RangeTree<byte>? _tree;

    /// <summary>Whether it holds no page.</summary>
    public bool IsEmpty => _tree is null ? _first > _last : _tree.Count == 0;

    /// <summary>Runs in the set.</summary>
    public int Runs => _tree?.Count ?? (IsEmpty ? 0 : 1);

    /// <summary>The highest page in the set, which has one.</summary>
    public ulong Last
    {
        get
        {
            ulong last = _last;
            _ = _tree?.LastBefore(ulong.MaxValue, out _, out last, out _);
            return last;
        }
    }

    /// <summary>Pages in the set.</summary>
    public long Count { get; private set; }

    /// <summary>Adds first..last and returns how many pages of it are new.</summary>
    public long Add(ulong first, ulong last)
    {
        long before = Count;
        if (_tree is null && (IsEmpty || Touches(_first, _last, first, last)))
        {
            (_first, _last) = IsEmpty ? (first, last) : (Math.Min(_first, first), Math.Max(_last, last));
            Count = (long)(_last - _first + 1);
            return Count - before;
        }

        RangeTree<byte> tree = Tree();
        long covered = 0;
        ulong from = first == 0 ? 0 : first - 1;
        while (tree.FirstAtOrAfter(from, out ulong runFirst, out ulong runLast, out _) && Touches(runFirst, runLast, first, last))
        {
            first = Math.Min(first, runFirst);
            last = Math.Max(last, runLast);
            covered += (long)(runLast - runFirst + 1);
            tree.Remove(runFirst);
        }

        tree.Insert(first, last, 0);
        Count += (long)(last - first + 1) - covered;
        return Count - before;
    }

    /// <summary>Removes first..last and returns how many pages of it were there.</summary>
    public long Remove(ulong first, ulong last)
    {
        long before = Count;
        if (_tree is null)
        {
            if (IsEmpty || _last < first || last < _first)
                return 0;
            if (first <= _first || last >= _last)
            {
                if (first <= _first && last >= _last)
                    Clear();
                else if (first <= _first)
                    _first = last + 1;
                else
                    _last = first - 1;
                Count = IsEmpty ? 0 : (long)(_last - _first + 1);
                return before - Count;
            }
        }

        RangeTree<byte> tree = Tree();
        while (tree.FirstAtOrAfter(first, out ulong runFirst, out ulong runLast, out _) && runFirst <= last)
        {
            Count -= (long)(Math.Min(last, runLast) - Math.Max(first, runFirst) + 1);
            if (runFirst < first)
            {
                tree.Resize(runFirst, runFirst, first - 1);
                if (runLast > last)
                    tree.Insert(last + 1, runLast, 0);
            }
            else if (runLast > last)
            {
                tree.Resize(runFirst, last + 1, runLast);
            }
            else
            {
                tree.Remove(runFirst);
            }
        }

        return before - Count;
    }

    /// <summary>Removes everything.</summary>
    public void Clear()
    {
        (_first, _last, _tree, Count) = (1, 0, null, 0);
    }

    /// <summary>Whether any page of first..last is in the set.</summary>
    public bool Overlaps(ulong first, ulong last) => FirstAtOrAfter(first, out ulong runFirst, out _) && runFirst <= last;

    /// <summary>How many pages of first..last are in the set.</summary>
    public long CountIn(ulong first, ulong last)
    {
        long pages = 0;
        ulong page = first;
        while (page <= last && FirstAtOrAfter(page, out ulong runFirst, out ulong runLast) && runFirst <= last)
        {
            pages += (long)(Math.Min(last, runLast) - Math.Max(first, runFirst) + 1);
            if (runLast == ulong.MaxValue)
                break;
            page = runLast + 1;
        }

        return pages;
    }

    /// <summary>The lowest run that ends at or after a page.</summary>
    public bool FirstAtOrAfter(ulong page, out ulong first, out ulong last)
    {
        if (_tree is not null)
            return _tree.FirstAtOrAfter(page, out first, out last, out _);
        (first, last) = (_first, _last);
        return first <= last && last >= page;
    }

    private static bool Touches(ulong runFirst, ulong runLast, ulong first, ulong last)
        => (runLast == ulong.MaxValue || runLast + 1 >= first) && (last == ulong.MaxValue || last + 1 >= runFirst);

    private RangeTree<byte> Tree()
    {
        if (_tree is null)
        {
            _tree = new RangeTree<byte>();
            if (_first <= _last)
                _tree.Insert(_first, _last, 0);
        }

        return _tree;
    }
}
