namespace KernelModel.Vrange;

/// <summary>One line of a listing (R40).</summary>
/// <param name="First">First page.</param>
/// <param name="Last">Last page, inclusive.</param>
/// <param name="Purged">Whether it was a victim since it was last taken back.</param>
public readonly record struct VrangeEntry(ulong First, ulong Last, bool Purged);
