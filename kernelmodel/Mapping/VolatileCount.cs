namespace KernelModel.Mapping;

/// <summary>
/// A count of the volatile pages of a file that have data, and of which contents it is: while the file stores as many pages
/// and was not written to, it holds. Guarded by the lock of the mapping.
/// </summary>
internal sealed class VolatileCount(in StoreStat contents)
{
    private readonly long _stored = contents.Pages;
    private readonly long _modified = contents.Modified;

    /// <summary>Pages, so far while <see cref="IsDone"/> is not set.</summary>
    public long Pages { get; set; }

    /// <summary>Whether every range was looked at.</summary>
    public bool IsDone { get; set; }

    /// <summary>Whether the contents have not changed since.</summary>
    public bool IsOf(in StoreStat contents) => contents.Pages == _stored && contents.Modified == _modified;
}
