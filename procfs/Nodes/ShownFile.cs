namespace ProcFs.Nodes;

/// <summary>
/// An open file that is rendered when it is read at offset 0 and serves later offsets from that snapshot (linux:
/// seq_file).
/// </summary>
/// <param name="show">Renders: 0, or a negative errno.</param>
/// <param name="write">Takes a command: bytes taken, or a negative errno.</param>
internal sealed class ShownFile(Func<ProcText, int> show, Func<ReadOnlySpan<byte>, int> write) : ProcOpenFile
{
    private readonly Lock _lock = new();

    // _lock guards both.
    private ReadOnlyMemory<byte> _snapshot;
    private bool _rendered;

    /// <inheritdoc/>
    public override int TextLength
    {
        get
        {
            lock (_lock)
                return _snapshot.Length;
        }
    }

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> destination, bool forCache)
    {
        lock (_lock)
        {
            // The page cache asks page by page, in any order: all of them are of one text.
            if (!_rendered || (offset == 0 && !forCache))
            {
                var text = new ProcText();
                int error = show(text);
                if (error < 0)
                    return error;
                _snapshot = text.Written;
                _rendered = true;
            }

            if (offset >= _snapshot.Length)
                return 0;
            ReadOnlySpan<byte> rest = _snapshot.Span[(int)offset..];
            int length = Math.Min(rest.Length, destination.Length);
            rest[..length].CopyTo(destination);
            return length;
        }
    }

    /// <inheritdoc/>
    public override int Write(ReadOnlySpan<byte> text, IProcCall caller) => write(text);
}
