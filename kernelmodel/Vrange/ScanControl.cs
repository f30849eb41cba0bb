namespace KernelModel.Vrange;

/// <summary>
/// One reclaim (linux: struct scan_control): for whom it is, what it may take and how much it still wants. Whoever takes
/// pages for it is handed it and counts nothing anywhere else.
/// </summary>
public record struct ScanControl
{
    /// <summary>Pages still wanted; <see cref="long.MaxValue"/> takes everything.</summary>
    public long ToReclaim { get; set; }

    /// <summary>Whose ranges may be taken (R16).</summary>
    public VrangeOwners Owners { get; init; }

    /// <summary>Whether a caller that needs memory takes it himself, rather than the background or the operator (R70).</summary>
    public bool Direct { get; init; }

    /// <summary>Return only when no mapper sees the old pages any more. Not from a thread that serves requests.</summary>
    public bool Wait { get; init; }

    /// <summary>Whether a range that gives nothing is not asked again before something about it changes.</summary>
    internal bool Spares { get; set; }

    /// <summary>R13: nothing else is left, so pages of files that private mappings show and have not copied may go.</summary>
    internal bool TakesShown { get; set; }

    /// <summary>The share of the lists that is looked at, from 12 (a 4096th) to 0 (all).</summary>
    internal int Priority { get; set; }
}
