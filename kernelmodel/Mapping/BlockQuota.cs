namespace KernelModel.Mapping;

/// <summary>
/// The pages a mount may use, <c>size=</c> (linux: shmem_sb_info.max_blocks and used_blocks). Lock free; a charge is
/// taken before memory is used and given back after it was freed.
/// </summary>
/// <param name="limit">Pages; 0 means no limit, as tmpfs has it.</param>
/// <param name="reclaim">Frees at least the pages asked for where it can and returns how many it freed; called without a lock.</param>
public sealed class BlockQuota(long limit, Func<long, long> reclaim)
{
    private long _used;

    /// <summary>Pages that may be used; 0 for no limit.</summary>
    public long Limit { get; } = limit;

    /// <summary>Pages in use; above the limit only after write-back of mapped pages, which is never refused (R17).</summary>
    public long Used => Interlocked.Read(ref _used);

    /// <summary>Takes up to <paramref name="pages"/> pages, fewer when the limit is near.</summary>
    /// <returns>The pages taken, 0 when there is no room.</returns>
    public long ChargeUpTo(long pages)
    {
        while (true)
        {
            long used = Interlocked.Read(ref _used);
            long room = Limit == 0 ? pages : Math.Min(pages, Limit - used);
            if (room <= 0)
                return 0;
            if (Interlocked.CompareExchange(ref _used, used + room, used) == used)
                return room;
        }
    }

    /// <summary>Takes pages whatever the limit says: dirty data is not lost (R17).</summary>
    public void ForceCharge(long pages) => Interlocked.Add(ref _used, pages);

    /// <summary>Gives pages back.</summary>
    public void Uncharge(long pages) => Interlocked.Add(ref _used, -pages);

    /// <summary>Pages above the limit, which write-back took.</summary>
    public long Excess => Limit == 0 ? 0 : Math.Max(0, Used - Limit);

    /// <summary>Frees pages by purging volatile ranges. The caller holds no lock.</summary>
    public long Reclaim(long pages) => reclaim(pages);
}
