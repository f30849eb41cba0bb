namespace Fuse;

/// <summary>Where the payload of a reply is put together.</summary>
internal readonly unsafe ref struct ReplyBuffer(byte* start, int capacity)
{
    private readonly byte* _start = start;

    internal int Capacity { get; } = capacity;

    /// <summary>A zeroed struct at <paramref name="offset"/>; the buffer is always larger than any two of them.</summary>
    internal ref T Struct<T>(int offset = 0)
        where T : unmanaged
    {
        T* place = (T*)(_start + offset);
        *place = default;
        return ref *place;
    }

    internal Span<byte> Bytes(int length, int offset = 0) => new(_start + offset, length);
}
