namespace ProcFs.Nodes;

/// <summary>An open file of /proc. The kernel may send its requests from several threads.</summary>
public abstract class ProcOpenFile
{
    /// <summary>What <see cref="Write"/> returns when it will answer through its <see cref="IProcWrite"/>.</summary>
    public const int Waits = int.MinValue;

    /// <summary>The length of the last text that was rendered, 0 before the first.</summary>
    public virtual int TextLength => 0;

    /// <summary>Whether a write is bytes at an offset, of which a part may be taken, and not one command.</summary>
    public virtual bool TakesParts => false;

    /// <summary>Reads; a negative errno on failure.</summary>
    /// <param name="offset">The file position.</param>
    /// <param name="destination">Where the bytes go.</param>
    /// <param name="forCache">
    /// For the kernel's page cache, as splice and sendfile read, not for a read(2) that takes what it gets.
    /// </param>
    public abstract int Read(long offset, Span<byte> destination, bool forCache);

    /// <summary>Writes one command.</summary>
    /// <returns>Bytes taken, a negative errno, or <see cref="Waits"/>.</returns>
    public abstract int Write(ReadOnlySpan<byte> text, IProcWrite caller);

    /// <summary>It has been closed for the last time.</summary>
    public virtual void Release()
    {
    }
}

/// <summary>A write that is under way, for a command that has to wait for something and holds no thread meanwhile.</summary>
public interface IProcWrite
{
    /// <summary>The thread that writes, 0 when it is not visible here. It waits, so the number is its own.</summary>
    int ThreadId { get; }

    /// <summary>The file position.</summary>
    long Offset { get; }

    /// <summary>Has something run soon on a thread that may block. Never fails and may be called under a lock.</summary>
    void Queue(Action work);

    /// <summary>Says what to do when a signal ends the call while it waits.</summary>
    void Waits(Action cancel);

    /// <summary>
    /// Takes the answer: from now on no signal ends the call, and it has to be completed. False when one has already; then
    /// nothing more may be done for it.
    /// </summary>
    bool TryClaim();

    /// <summary>Answers after <see cref="TryClaim"/>: bytes taken, or a negative errno.</summary>
    void Complete(int result);
}
