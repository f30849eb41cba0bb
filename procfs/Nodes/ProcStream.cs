namespace ProcFs.Nodes;

/// <summary>
/// An open file without a position, whose reader waits for what is to come, and who has read it is the only one who has. Nothing
/// here waits.
/// </summary>
public abstract class ProcStream : ProcOpenFile
{
    /// <summary>What the page cache gets, which would keep it for itself: who splices is sent to read(2).</summary>
    public sealed override int Read(long offset, Span<byte> destination, bool forCache) => -Errno.EINVAL;

    /// <inheritdoc/>
    public override int Write(ReadOnlySpan<byte> text, IProcCall caller) => -Errno.EIO;

    /// <summary>Reads what comes next, and answers now or when there is something.</summary>
    /// <param name="size">Most bytes.</param>
    /// <param name="mayWait">Whether it may wait; else -EAGAIN.</param>
    /// <param name="caller">Who reads.</param>
    public abstract void Read(int size, bool mayWait, IProcCall caller);

    /// <summary>Says whether a read would wait.</summary>
    /// <param name="changed">
    /// Called once, in place of one named before, when there is more to read; null names none. May be called under a lock and
    /// must not block.
    /// </param>
    public abstract Readiness Poll(Action? changed);

    /// <summary>The last descriptor is closed.</summary>
    public abstract void Release();
}

/// <summary>What poll(2) says of a <see cref="ProcStream"/>.</summary>
[Flags]
public enum Readiness
{
    /// <summary>A read would wait.</summary>
    None = 0,

    /// <summary>A read would not: POLLIN.</summary>
    Readable = 1,

    /// <summary>Nothing more will come: POLLHUP.</summary>
    Ended = 2,
}
