namespace KernelModel.Mapping;

/// <summary>
/// The bytes of one file: sparse and punchable, what a block device or shmem is to an address_space.
/// Every method answers 0 or a count, or a negative errno; none throws for a condition of the store.
/// Offsets and lengths are in bytes, ends are exclusive. Implementations may be called from several threads.
/// </summary>
public interface IBackingStore : IDisposable
{
    /// <summary>Reads up to <paramref name="destination"/>.Length bytes; what was never stored reads as zeros.</summary>
    /// <returns>The bytes read, always the whole span: the caller clips to i_size; or -EIO.</returns>
    int Read(long offset, Span<byte> destination);

    /// <summary>Stores all of <paramref name="source"/>. The caller has reserved the space.</summary>
    /// <returns>The bytes written, or a negative errno (-ENOSPC, -EIO).</returns>
    int Write(long offset, ReadOnlySpan<byte> source);

    /// <summary>Gives the memory of whole pages in the range back and zeroes the rest (FALLOC_FL_PUNCH_HOLE).</summary>
    int Punch(long offset, long length);

    /// <summary>Makes sure that every page of the range has memory (fallocate without a flag), contents unchanged.</summary>
    int Allocate(long offset, long length);

    /// <summary>Drops everything at and above <paramref name="size"/>; the tail of the last page is zeroed.</summary>
    int Truncate(long size);

    /// <summary>Memory in use, in 512 byte units, as st_blocks counts.</summary>
    long Blocks { get; }

    /// <summary>The first byte at or above <paramref name="offset"/> that has memory (SEEK_DATA), or -ENXIO.</summary>
    long SeekData(long offset);

    /// <summary>The first byte at or above <paramref name="offset"/> that has none (SEEK_HOLE).</summary>
    long SeekHole(long offset);
}
