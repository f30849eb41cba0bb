namespace KernelModel.Mapping;

/// <summary>An address_space as a store, for the page cache of the model that lies over it.</summary>
internal sealed class SpaceStore(AddressSpace space) : IBackingStore
{
    /// <inheritdoc/>
    public int Acquire() => space.Hold();

    /// <inheritdoc/>
    public void Release() => space.Release();

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> destination) => space.Read(offset, destination);

    /// <inheritdoc/>
    public int Write(long offset, ReadOnlySpan<byte> source, bool force)
        => force ? space.WriteBackFromView(offset, source) : space.Write(offset, source);

    /// <inheritdoc/>
    public int Punch(long offset, long length) => space.PunchHole(offset, length);

    /// <inheritdoc/>
    public int Allocate(long offset, long length, bool keepSize) => space.Allocate(offset, length, keepSize);

    /// <inheritdoc/>
    public int Truncate(long size) => space.Truncate(size);

    /// <inheritdoc/>
    public int Stat(out StoreStat stat)
    {
        stat = space.Stat();
        return 0;
    }

    /// <inheritdoc/>
    public long SeekData(long offset) => space.SeekData(offset);

    /// <inheritdoc/>
    public long SeekHole(long offset) => space.SeekHole(offset);

    /// <summary>Does nothing: the inode owns the contents.</summary>
    public void Dispose()
    {
    }
}
