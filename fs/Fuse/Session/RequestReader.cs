namespace Fuse;

/// <summary>
/// Takes a request apart in place. What does not fit is refused, never read. Over io_uring a request comes in two pieces, the
/// first argument by itself and everything else: nothing spans both, and names and bytes are only in the second.
/// </summary>
internal unsafe ref struct RequestReader
{
    private byte* _position;
    private byte* _end;
    private byte* _rest; // null if this is the last piece
    private readonly byte* _restEnd;

    internal RequestReader(byte* start, int length)
    {
        _position = start;
        _end = start + length;
    }

    internal RequestReader(byte* first, int firstLength, byte* rest, int restLength)
        : this(first, firstLength)
    {
        _rest = rest;
        _restEnd = rest + restLength;
    }

    internal readonly int Remaining => (int)(_end - _position);

    internal bool TryTake<T>(out T* value)
        where T : unmanaged
    {
        if (_position == _end)
            GoToRest();
        value = (T*)_position;
        if (Remaining < sizeof(T))
            return false;
        _position += sizeof(T);
        return true;
    }

    /// <summary>A name and its NUL; an empty one is refused as well.</summary>
    internal bool TryTakeName(out ReadOnlySpan<byte> name)
    {
        GoToRest();
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
        GoToRest();
        bytes = default;
        if (count > (uint)Remaining)
            return false;
        bytes = new ReadOnlySpan<byte>(_position, (int)count);
        _position += count;
        return true;
    }

    private void GoToRest()
    {
        if (_rest is null)
            return;
        _position = _rest;
        _end = _restEnd;
        _rest = null;
    }
}
