using KernelModel.Mm;

namespace KernelModel.Tasks;

/// <summary>
/// Somebody who is told of the user faults of a task, each fault to one of them. While there is one, an access to a missing page
/// waits; without, it is the signal (R61). Nothing here waits for the model's lock.
/// </summary>
public sealed class FaultReader
{
    private readonly FaultQueue _queue;

    internal FaultReader(FaultQueue queue, Action ready) => (_queue, Ready) = (queue, ready);

    /// <summary>
    /// Guards what there is to read, and whatever its user has to keep in step with that. Inside the model's lock: under it that
    /// one is not taken.
    /// </summary>
    public Lock Gate => _queue.Gate;

    /// <summary>Whether there is a fault that nobody has been told of. Stays so while the gate is held.</summary>
    public bool HasFault => _queue.HasUnread;

    /// <summary>Whether the task has exited, so that there will be none any more.</summary>
    public bool IsEnded => _queue.IsEnded;

    internal Action Ready { get; }

    /// <summary>Takes the oldest fault that nobody has been told of.</summary>
    public bool TryTake(out UserFault fault) => _queue.TryTake(this, out fault);

    /// <summary>
    /// Reads no more. Faults that it was told of and that still wait are told to another one; after the last one has closed the
    /// accesses get the signal.
    /// </summary>
    public void Close() => _queue.Remove(this);
}
