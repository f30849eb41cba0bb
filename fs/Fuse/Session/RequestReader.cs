namespace Fuse;

/// <summary>Takes a request apart in place. What does not fit is refused, never read.</summary>
internal unsafe ref struct RequestReader
{
    private byte* _position;
    private readonly byte* _end;

    internal RequestReader(byte* start, int length)
    {
        _position = start;
        _end = start + length;
    }

    internal readonly int Remaining => (int)(_end - _position);

    internal bool TryTake<T>(out T* value)
        where T : unmanaged
    {
        value = (T*)_position;
        if (Remaining < sizeof(T))
            return false;
        _position += sizeof(T);
        return true;
    }

    /// <summary>A name and its NUL; an empty one is refused as well.</summary>
    internal bool TryTakeName(out ReadOnlySpan<byte> name)
    {
        name = new ReadOnlySpan<byte>(_position, Remaining);
        int length = name.IndexOf((byte)0);
        if (length <= 0)
            return false;
        name = name[..length];
        _position += length + 1;
        return true;
    }

    internal bool TryTakeBytes(uint count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (count > (uint)Remaining)
            return false;
        bytes = new ReadOnlySpan<byte>(_position, (int)count);
        _position += count;
        return true;
    }
}
