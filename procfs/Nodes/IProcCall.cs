namespace ProcFs.Nodes;

/// <summary>A read or write that is under way, for one that has to wait for something and holds no thread meanwhile.</summary>
public interface IProcCall
{
    /// <summary>The thread that makes it, 0 when it is not visible here. It waits, so the number is its own.</summary>
    int ThreadId { get; }

    /// <summary>Has something run soon on a thread that may block. Never fails and may be called under a lock.</summary>
    void Queue(Action work);

    /// <summary>Says what to do when a signal ends the call while it waits.</summary>
    void Waits(Action cancel);

    /// <summary>
    /// Takes the answer: from now on no signal ends the call, and it has to be completed. False when one has already; then
    /// nothing more may be done for it.
    /// </summary>
    bool TryClaim();

    /// <summary>Answers after <see cref="TryClaim"/>: bytes written, or a negative errno.</summary>
    void Complete(int result);

    /// <summary>Answers a read after <see cref="TryClaim"/>.</summary>
    void Complete(ReadOnlySpan<byte> data);
}
