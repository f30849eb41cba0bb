namespace KernelModel.Mapping;

/// <summary>
/// The bytes of one file: sparse and punchable, what a block device or shmem is to an address_space. It has the length
/// of the file. Every method answers 0 or a count, or a negative errno; none throws for a condition of the store.
/// Offsets and lengths are in bytes, ends are exclusive. Implementations may be called from several threads.
/// </summary>
public interface IBackingStore : IDisposable
{
    /// <summary>Somebody opens the file: until <see cref="Release"/> the store keeps at hand what it needs.</summary>
    /// <returns>0, or -ENFILE, -ENOMEM.</returns>
    int Acquire();

    /// <summary>Ends an <see cref="Acquire"/>.</summary>
    void Release();

    /// <summary>
    /// Whether somebody else has the bytes open, or mapped, in a way that shows in no <see cref="Acquire"/>. Asked only while
    /// there is none. May doubt for a moment after the last of them has gone, never the other way round.
    /// </summary>
    bool HasOtherUsers => false;

    /// <summary>
    /// Whether somebody else may store to the bytes through a mapping. True while anybody has acquired the store, as it cannot
    /// be told then.
    /// </summary>
    bool HasOtherWriters => false;

    /// <summary>Reads; short at the end of the file, holes are zeros.</summary>
    /// <returns>The bytes read, or -EIO.</returns>
    int Read(long offset, Span<byte> destination);

    /// <summary>Stores bytes and extends the file.</summary>
    /// <param name="offset">Where.</param>
    /// <param name="source">The bytes.</param>
    /// <param name="force">Never refuse for want of space (R17).</param>
    /// <returns>The bytes written, fewer when the space ends there, or -ENOSPC, -ENOMEM, -EIO.</returns>
    int Write(long offset, ReadOnlySpan<byte> source, bool force);

    /// <summary>Gives the memory of whole pages in the range back and zeroes the rest (FALLOC_FL_PUNCH_HOLE).</summary>
    int Punch(long offset, long length);

    /// <summary>Makes sure that every page of the range has memory, all or nothing (fallocate).</summary>
    /// <param name="offset">Where.</param>
    /// <param name="length">How much.</param>
    /// <param name="keepSize">FALLOC_FL_KEEP_SIZE.</param>
    int Allocate(long offset, long length, bool keepSize);

    /// <summary>Sets the length; what is cut off is freed, the tail of the last page is zeroed.</summary>
    int Truncate(long size);

    /// <summary>Length, memory and times; after a failure what was known of them last.</summary>
    int Stat(out StoreStat stat);

    /// <summary>The first byte at or above <paramref name="offset"/> that has data (SEEK_DATA), or -ENXIO.</summary>
    long SeekData(long offset);

    /// <summary>The first byte at or above <paramref name="offset"/> that has none (SEEK_HOLE), or -ENXIO.</summary>
    long SeekHole(long offset);
}

/// <summary>What a store knows of itself.</summary>
/// <param name="Size">Length in bytes.</param>
/// <param name="Pages">Pages of memory.</param>
/// <param name="Modified">Last change of the contents, in nanoseconds since the epoch: by the clock, nobody sets it.</param>
/// <param name="Accessed">Last read, as above.</param>
public readonly record struct StoreStat(long Size, long Pages, long Modified, long Accessed);

/// <summary>Where the bytes of all files of a mount live, and how much of them there may be.</summary>
public interface IBackingStorage
{
    /// <summary>Pages there may be, 0 for no limit (<c>size=</c>).</summary>
    long LimitPages { get; }

    /// <summary>Pages in use.</summary>
    long UsedPages { get; }

    /// <summary>Pages above the limit that forced writes took and that have not been given back yet.</summary>
    long ExcessPages { get; }

    /// <summary>Waits for the memory of files that are being removed right now; a moment at most.</summary>
    /// <returns>Pages freed meanwhile.</returns>
    long AwaitFrees();

    /// <summary>Whether it must know at once what a purge could free, because nobody asks before it is full (R17).</summary>
    bool NeedsPurgeable => false;

    /// <summary>A purge could free so many pages more.</summary>
    void AddPurgeable(long pages)
    {
    }

    /// <summary>A store for a new file.</summary>
    /// <param name="created">It, or null.</param>
    /// <returns>0, or -ENFILE, -ENOMEM when the machine has no descriptor or memory for it.</returns>
    int Create(out IBackingStore? created);
}
