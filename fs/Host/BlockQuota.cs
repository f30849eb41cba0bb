namespace Fs.Host;

/// <summary>
/// The pages a mount may use where the kernel does not count them for us (linux: shmem_sb_info.max_blocks and
/// used_blocks). Lock free; a charge is taken before memory is used and given back after it was freed.
/// </summary>
/// <param name="limit">Pages; 0 means no limit, as tmpfs has it.</param>
internal sealed class BlockQuota(long limit)
{
    private long _used; // Interlocked

    public long Limit { get; } = limit;

    public long Used => Interlocked.Read(ref _used);

    /// <summary>Pages above the limit, which forced charges took.</summary>
    public long Excess => Limit == 0 ? 0 : Math.Max(0, Used - Limit);

    /// <summary>Takes up to so many pages, fewer when the limit is near.</summary>
    public long ChargeUpTo(long pages)
    {
        while (true)
        {
            long used = Interlocked.Read(ref _used);
            long room = Limit == 0 ? pages : Math.Clamp(Limit - used, 0, pages);
            if (room == 0 || Interlocked.CompareExchange(ref _used, used + room, used) == used)
                return room;
        }
    }

    /// <summary>Takes pages whatever the limit says, or gives them back when negative.</summary>
    public void Add(long pages) => Interlocked.Add(ref _used, pages);
}
