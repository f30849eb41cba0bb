using KernelModel.Mapping;

namespace KernelModel.Tests.Mm;

/// <summary>A disk of fixed size in an array.</summary>
internal sealed class MemoryStore(int size) : IBackingStore
{
    public byte[] Bytes { get; } = new byte[size];

    public int Acquire() => 0;

    public void Release()
    {
    }

    public int Read(long offset, Span<byte> destination)
    {
        Bytes.AsSpan((int)offset, destination.Length).CopyTo(destination);
        return destination.Length;
    }

    public int Write(long offset, ReadOnlySpan<byte> source, bool force)
    {
        source.CopyTo(Bytes.AsSpan((int)offset));
        return source.Length;
    }

    public int Punch(long offset, long length)
    {
        Bytes.AsSpan((int)offset, (int)length).Clear();
        return 0;
    }

    public int Allocate(long offset, long length, bool keepSize) => 0;

    public int Truncate(long size) => 0;

    public int Stat(out StoreStat stat)
    {
        stat = default;
        return 0;
    }

    public long SeekData(long offset) => offset;

    public long SeekHole(long offset) => Bytes.Length;

    public void Dispose()
    {
    }
}
