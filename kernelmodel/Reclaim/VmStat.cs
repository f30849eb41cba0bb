namespace KernelModel.Reclaim;

/// <summary>Running counters, kept as things happen. Guarded by the model's lock.</summary>
internal sealed class VmStat
{
    private readonly long[] _items = new long[(int)VmStatItem.Count];

    /// <summary>The value of a counter: pages, events, or kB for pgpgin and pgpgout.</summary>
    public long this[VmStatItem item] => _items[(int)item];

    /// <summary>All of them, by <see cref="VmStatItem"/>.</summary>
    public void CopyTo(Span<long> items) => _items.CopyTo(items);

    internal void Add(VmStatItem item, long delta) => _items[(int)item] += delta;
}
