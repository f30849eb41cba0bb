using KernelModel.Vrange;

namespace KernelModel.Tests.Vrange;

/// <summary>The rules of R4, R5, R6, R8 and R11 said page by page, in the most naive way.</summary>
internal sealed class PageOracle(int pages)
{
    private readonly Piece?[] _range = new Piece?[pages];
    private readonly bool[] _tombstone = new bool[pages];
    private readonly List<Piece> _lru = [];

    public int Count => _lru.Count;

    public void Mark(int first, int last, VrangeBehavior behavior)
    {
        List<Piece> met = [.. _range[first..(last + 1)].OfType<Piece>().Distinct()];
        if (met.Count == 1 && _range[first] is not null && _range[last] is not null)
            return;
        var union = new Piece { Purged = met.Any(piece => piece.Purged), Behavior = behavior };
        for (int page = 0; page < pages; page++)
        {
            if ((page >= first && page <= last) || (_range[page] is Piece piece && met.Contains(piece)))
                _range[page] = union;
        }

        _lru.RemoveAll(met.Contains);
        _lru.Add(union);
    }

    public bool Unmark(int first, int last, bool report)
    {
        bool purged = false;
        List<Piece> met = [.. _range[first..(last + 1)].OfType<Piece>().Distinct()];
        for (int page = first; page <= last; page++)
        {
            bool lost = _tombstone[page] || _range[page] is { Purged: true };
            purged |= lost;
            _tombstone[page] = lost && !report;
            _range[page] = null;
        }

        foreach (Piece piece in met)
            SplitOrRemove(piece, last);
        return purged;
    }

    /// <summary>Makes the n-th oldest a victim.</summary>
    public void Purge(int place)
    {
        Piece victim = _lru[place];
        victim.Purged = true;
        _lru.RemoveAt(place);
        _lru.Add(victim);
    }

    public void Retire()
    {
        for (int page = 0; page < pages; page++)
        {
            _tombstone[page] |= _range[page] is { Purged: true };
            _range[page] = null;
        }

        _lru.Clear();
    }

    public void ForgetTombstones() => Array.Clear(_tombstone);

    public bool IsVolatile(int first, int last) => _range[first..(last + 1)].Any(piece => piece is not null);

    /// <summary>As <see cref="RangeOwner.Listing"/>: an entry ends where its range or its tombstone does.</summary>
    public string Listing()
    {
        List<string> entries = [];
        for (int first = 0, page = 0; page < pages; page++)
        {
            if (page + 1 < pages && _range[page + 1] == _range[page] && _tombstone[page + 1] == _tombstone[page])
                continue;
            if (_range[page] is not null || _tombstone[page])
                entries.Add($"{first}-{page}{(_tombstone[page] || _range[page]!.Purged ? 'p' : 'v')}");
            first = page + 1;
        }

        return string.Join(' ', entries);
    }

    /// <summary>As <see cref="RangeOwner.Order"/>.</summary>
    public string Order()
        => string.Join(' ', _lru.Select(piece =>
        {
            int first = Array.IndexOf(_range, piece);
            int last = Array.LastIndexOf(_range, piece);
            return $"{first}-{last}{(piece.Purged ? 'p' : 'v')}{(piece.Behavior == VrangeBehavior.Partial ? "/partial" : "")}";
        }));

    private void SplitOrRemove(Piece piece, int cut)
    {
        int first = Array.IndexOf(_range, piece);
        if (first < 0)
        {
            _lru.Remove(piece);
            return;
        }

        if (first > cut || Array.LastIndexOf(_range, piece) < cut)
            return;
        var right = new Piece { Purged = piece.Purged, Behavior = piece.Behavior };
        for (int page = cut; page < pages; page++)
        {
            if (_range[page] == piece)
                _range[page] = right;
        }

        _lru.Insert(_lru.IndexOf(piece) + 1, right);
    }

    private sealed class Piece
    {
        public bool Purged { get; set; }

        public VrangeBehavior Behavior { get; init; }
    }
}
