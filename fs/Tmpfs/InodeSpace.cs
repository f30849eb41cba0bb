namespace Fs.Tmpfs;

/// <summary>
/// What inodes take of the daemon's own memory, their extended attributes and long targets with them, in the bytes that
/// <c>nr_inodes=</c> gives them (linux: shmem_sb_info.free_ispace). Lock free.
/// </summary>
/// <param name="maxInodes">0 for no limit: then it only counts.</param>
internal sealed class InodeSpace(long maxInodes)
{
    /// <summary>Bytes an inode, or a further name of one, counts (mm/shmem.c: BOGO_INODE_SIZE).</summary>
    public const long InodeSize = 1024;

    private readonly long _limit = Math.Min(maxInodes, long.MaxValue / 2 / InodeSize) * InodeSize;
    private long _used; // Interlocked

    /// <summary>Inodes that may exist, 0 for no limit.</summary>
    public long MaxInodes => maxInodes;

    /// <summary>Inodes that might be there in place of what is used, rounded up.</summary>
    public long UsedInodes => (Interlocked.Read(ref _used) + InodeSize - 1) / InodeSize;

    /// <summary>Takes so many bytes; false, and nothing taken, when there is no room.</summary>
    public bool TryCharge(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= _limit || maxInodes == 0)
            return true;
        Uncharge(bytes);
        return false;
    }

    /// <summary>Gives bytes back.</summary>
    public void Uncharge(long bytes) => Interlocked.Add(ref _used, -bytes);
}
