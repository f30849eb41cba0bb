namespace ProcFs.Nodes;

/// <summary>A file of /proc. Rendering and writing may block and are not done on a thread that serves requests.</summary>
public abstract class ProcFile(ulong id, string name, uint mode) : ProcNode(id, name, mode)
{
    /// <summary>Opens it.</summary>
    /// <param name="caller">Who opens.</param>
    /// <param name="canRead">Opened for reading.</param>
    /// <param name="open">The open file.</param>
    /// <returns>0 or a negative errno.</returns>
    public virtual int Open(Caller caller, bool canRead, out ProcOpenFile? open)
    {
        open = new ShownFile(this);
        return 0;
    }

    /// <summary>Renders the text. Returns 0, or a negative errno for a file that cannot be read.</summary>
    public abstract int Show(ProcText text, Caller caller);

    /// <summary>
    /// Takes one write, which is one command whatever its offset.
    /// </summary>
    /// <returns>Bytes taken, or a negative errno; -EIO where the kernel has no write for the file.</returns>
    public virtual int Write(ReadOnlySpan<byte> text, Caller caller) => -Errno.EIO;
}

/// <summary>An open file of /proc. The kernel may send its requests from several threads.</summary>
public abstract class ProcOpenFile
{
    /// <summary>Reads; a negative errno on failure.</summary>
    public abstract int Read(long offset, Span<byte> destination, Caller caller);

    /// <summary>Writes one command.</summary>
    public abstract int Write(ReadOnlySpan<byte> text, Caller caller);
}

/// <summary>
/// An open file that is rendered when it is read at offset 0 and serves later offsets from that snapshot (linux:
/// seq_file).
/// </summary>
internal sealed class ShownFile(ProcFile file) : ProcOpenFile
{
    private readonly Lock _lock = new();
    private ReadOnlyMemory<byte> _snapshot;
    private bool _rendered;

    /// <inheritdoc/>
    public override int Read(long offset, Span<byte> destination, Caller caller)
    {
        lock (_lock)
        {
            if (offset == 0 || !_rendered)
            {
                var text = new ProcText();
                int error = file.Show(text, caller);
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
    public override int Write(ReadOnlySpan<byte> text, Caller caller) => file.Write(text, caller);
}
