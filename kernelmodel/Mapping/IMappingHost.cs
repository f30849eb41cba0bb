using KernelModel.Vrange;

namespace KernelModel.Mapping;

/// <summary>What an address_space needs of the inode that owns it (linux: mapping->host).</summary>
public interface IMappingHost
{
    /// <summary>The mount that the inode belongs to.</summary>
    MappingDomain Domain { get; }

    /// <summary>The file was punched by a purge: mtime and ctime move (R9). No lock is held.</summary>
    void OnPurged();

    /// <summary>
    /// Pages of the host's page cache are stale. When this returns true the host drops them from a thread that serves
    /// nothing and then calls <see cref="AddressSpace.EndPurge"/>; false when no page cache lies in front. The mapping's
    /// lock is held: only note it down here.
    /// </summary>
    bool BeginInvalidate(PurgeWindow window);

    /// <summary>
    /// A task of the model stored pages behind the host's page cache, which has to let go of what it has of them. The
    /// mapping's lock is held: only note it down here.
    /// </summary>
    void OnStoredBehind(ulong first, ulong last)
    {
    }

    /// <summary>Whose share of ranges the file's count against.</summary>
    uint OwnerUid => 0;

    /// <summary>The last opener or mapper, of the host or of the model, is gone. The mapping's lock is not held.</summary>
    void OnUnheld()
    {
    }
}

/// <summary>What all files of a mount share (linux: the super_block's part).</summary>
/// <param name="Storage">Where bytes live.</param>
/// <param name="Lru">The ranges of all files and tasks.</param>
/// <param name="SigbusOnPurged">R10: a purged, still volatile page answers EIO instead of zeros.</param>
public sealed record MappingDomain(IBackingStorage Storage, VrangeLru Lru, bool SigbusOnPurged)
{
    /// <summary>Ranges, tombstones and runs of lost pages of each user's files.</summary>
    public UserCounts Ranges { get; init; } = new(long.MaxValue, long.MaxValue);

    /// <summary>Files that are being freed, where that takes a moment after the last of their names and openers has gone.</summary>
    public IRemovedFiles? Removed { get; init; }

    /// <summary>Pages that are about to be freed without a purge.</summary>
    public long FreeingPages => Removed?.ExpectedPages ?? 0;

    /// <summary>Pages that can be stored before anything has to go, where there is a limit.</summary>
    public long RoomPages => Math.Max(0, Storage.LimitPages - Storage.UsedPages);

    /// <summary>Frees pages by purging volatile ranges of files (R16); the caller holds no lock.</summary>
    /// <param name="pages">Pages wanted.</param>
    /// <param name="wait">Whether to wait for what removed files leave when there is nothing to purge: not who serves requests.</param>
    /// <returns>Pages freed.</returns>
    public long Reclaim(long pages, bool wait)
    {
        long freed = Lru.Discard(pages, VrangeOwners.Files, wait: false);
        return freed == 0 && wait && Removed is not null ? Removed.AwaitFreed() : freed;
    }
}
