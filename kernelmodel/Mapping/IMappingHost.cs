using KernelModel.Vrange;

namespace KernelModel.Mapping;

/// <summary>What an address_space needs of the inode that owns it (linux: mapping->host).</summary>
public interface IMappingHost
{
    /// <summary>Makes the store when the first byte comes; null when there can be none (EMFILE, ENOMEM).</summary>
    IBackingStore? CreateStore();

    /// <summary>The file was punched by a purge: mtime and ctime move (R9). No lock is held.</summary>
    void OnPurged();

    /// <summary>
    /// Pages of the host's page cache are stale. When this returns true the host drops them from a thread that serves
    /// nothing and then calls <see cref="AddressSpace.EndPurge"/>; false when no page cache lies in front. The mapping's
    /// lock is held: only note it down here.
    /// </summary>
    bool BeginInvalidate(PurgeWindow window);
}

/// <summary>The space, the LRU and the fault behaviour that all files of a mount share (linux: the super_block's part).</summary>
/// <param name="Quota">Pages the mount may use.</param>
/// <param name="Lru">The ranges of all files and tasks.</param>
/// <param name="SigbusOnPurged">R10: a purged, still volatile page answers EIO instead of zeros.</param>
public sealed record MappingDomain(BlockQuota Quota, VrangeLru Lru, bool SigbusOnPurged);
