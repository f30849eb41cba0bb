namespace ProcFs.Nodes;

/// <summary>
/// The reply to the last command of an open file: taken once, whatever the file position, which the command has moved (R15). The
/// page cache would keep it for itself: who splices is sent to read(2).
/// </summary>
internal sealed class CommandReply
{
    private readonly Lock _lock = new();
    private ReadOnlyMemory<byte>? _text; // _lock; null before the first

    /// <summary>Replaces what is there.</summary>
    public void Set(ReadOnlyMemory<byte> text)
    {
        lock (_lock)
            _text = text;
    }

    /// <summary>Takes the next bytes.</summary>
    /// <param name="destination">Where they go.</param>
    /// <param name="forCache">See <see cref="ProcOpenFile.Read"/>.</param>
    /// <returns>How many, 0 at the end, -EINVAL for the page cache; null before the first reply.</returns>
    public int? Take(Span<byte> destination, bool forCache)
    {
        lock (_lock)
        {
            if (_text is not { } text)
                return null;
            if (forCache)
                return -Errno.EINVAL;
            int length = Math.Min(text.Length, destination.Length);
            text.Span[..length].CopyTo(destination);
            _text = text[length..];
            return length;
        }
    }
}
