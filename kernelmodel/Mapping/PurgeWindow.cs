using KernelModel.Ranges;

namespace KernelModel.Mapping;

/// <summary>
/// Pages that a purge has punched and that mappers may still see until the host's page cache has let them go: the
/// state "purging". What write-back brings for them is the purged data and is dropped; only unmark waits (R12).
/// Guarded by the lock of the mapping.
/// </summary>
/// <param name="mapping">Whose pages.</param>
/// <param name="first">First page.</param>
/// <param name="last">Last page, inclusive.</param>
/// <param name="direct">Whether the purge was for a caller who needed memory (R70).</param>
public sealed class PurgeWindow(AddressSpace mapping, ulong first, ulong last, bool direct)
{
    /// <summary>Whose pages.</summary>
    public AddressSpace Mapping { get; } = mapping;

    /// <summary>First page.</summary>
    public ulong First { get; } = first;

    /// <summary>Last page, inclusive.</summary>
    public ulong Last { get; } = last;

    internal bool Direct { get; } = direct;

    /// <summary>Pages that the purge found in the store or dropped: each counts as freed once.</summary>
    internal PageRuns Gone { get; } = new();

    /// <summary>Dirty pages that existed in the page cache only and were dropped: they count as freed.</summary>
    internal long Dropped { get; set; }

    internal bool Closed { get; set; }

    internal bool Overlaps(ulong first, ulong last) => First <= last && first <= Last;
}
