using KernelModel.Ranges;

namespace KernelModel.Mapping;

/// <summary>
/// Another page cache over a mapping, that of a model task's machine. Its lock is outside the mapping's: a purge notes
/// what has become stale and tells the view; the view comes for it with its own lock held.
/// </summary>
public interface IMappedView
{
    /// <summary>
    /// Pages were purged: call <see cref="AddressSpace.DropStale"/> soon. No lock is held, unless by the view itself.
    /// </summary>
    /// <param name="wait">Whether to return only when it is done. If not, the caller may be serving requests: do not block.</param>
    void OnStale(bool wait);

    /// <summary>Drops the pages of a range. The view's lock and the mapping's are held; do not call the mapping.</summary>
    /// <param name="first">First page.</param>
    /// <param name="last">Last page, inclusive.</param>
    /// <param name="dirty">Gets the pages that existed nowhere else.</param>
    void Drop(ulong first, ulong last, PageRuns dirty);

    /// <summary>The mount cut pages off or punched them out, locks as for <see cref="Drop"/>: mappers lose them.</summary>
    /// <param name="first">First page.</param>
    /// <param name="last">Last page, inclusive.</param>
    /// <param name="evenCopies">Whether the copies that private mappings own go too, as they do in a truncate.</param>
    void Cut(ulong first, ulong last, bool evenCopies);

    /// <summary>The mount stored bytes, locks as for <see cref="Drop"/>: pages that the view has take them over.</summary>
    /// <param name="first">First byte.</param>
    /// <param name="last">Last byte, inclusive.</param>
    /// <param name="store">Where to read them; what lies past its end is zeros.</param>
    void Refresh(ulong first, ulong last, IBackingStore store);
}
