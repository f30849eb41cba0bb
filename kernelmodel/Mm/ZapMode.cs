namespace KernelModel.Mm;

/// <summary>What <see cref="MmStruct"/> takes out of its page table.</summary>
internal enum ZapMode
{
    /// <summary>munmap, exit: the markers too.</summary>
    Unmap,

    /// <summary>MADV_DONTNEED, truncate: pages and swap, but guard and purged markers stay (R26).</summary>
    Everything,

    /// <summary>Hole punch: pages of the file, not the copies that a private mapping owns.</summary>
    FilePagesOnly,
}
