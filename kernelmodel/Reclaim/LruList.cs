namespace KernelModel.Reclaim;

/// <summary>The lists every page on the LRU is on exactly one of (linux: enum lru_list).</summary>
internal enum LruList
{
    /// <summary>Anonymous and shmem pages, coldest last.</summary>
    InactiveAnon,

    /// <summary>Anonymous and shmem pages in use.</summary>
    ActiveAnon,

    /// <summary>File pages, and anonymous ones that MADV_FREE gave up.</summary>
    InactiveFile,

    /// <summary>File pages in use.</summary>
    ActiveFile,

    /// <summary>Locked or pinned.</summary>
    Unevictable,
}
