namespace ProcFs.Nodes;

/// <summary>An open file of /proc. The kernel may send its requests from several threads.</summary>
public abstract class ProcOpenFile
{
    /// <summary>What <see cref="Write"/> returns when it will answer through its <see cref="IProcCall"/>.</summary>
    public const int Waits = int.MinValue;

    /// <summary>The length of the last text that was rendered, 0 before the first.</summary>
    public virtual int TextLength => 0;

    /// <summary>Reads; a negative errno on failure.</summary>
    /// <param name="offset">The file position.</param>
    /// <param name="destination">Where the bytes go.</param>
    /// <param name="forCache">
    /// For the kernel's page cache, as splice and sendfile read, not for a read(2) that takes what it gets.
    /// </param>
    public abstract int Read(long offset, Span<byte> destination, bool forCache);

    /// <summary>Writes one command.</summary>
    /// <returns>Bytes taken, a negative errno, or <see cref="Waits"/>.</returns>
    public abstract int Write(ReadOnlySpan<byte> text, IProcCall caller);
}
