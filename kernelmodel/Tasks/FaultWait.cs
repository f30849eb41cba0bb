using KernelModel.Mm;

namespace KernelModel.Tasks;

/// <summary>A user fault that an access waits for (linux: struct userfaultfd_wait_queue).</summary>
public sealed class FaultWait
{
    private readonly TaskStruct _task;

    internal FaultWait(TaskStruct task, UserFault fault) => (_task, Fault) = (task, fault);

    /// <summary>The access.</summary>
    public UserFault Fault { get; }

    // The gate of the queue guards these.
    internal IFaultWaiter? Waiter { get; set; }

    internal long Arrival { get; set; }

    /// <summary>Whom it was told, if anybody.</summary>
    internal FaultReader? Reader { get; set; }

    internal bool IsOver { get; set; }

    /// <summary>Has somebody told of the fault, and the waiter woken once when the access need wait no more.</summary>
    /// <returns>False when it need not now.</returns>
    public bool Begin(IFaultWaiter waiter)
    {
        lock (_task.Kernel.SyncRoot)
            return _task.IsUserFault(Fault) && _task.Faults.TryAdd(this, waiter);
    }

    /// <summary>The access is given up: nobody is told of it any more. Does not wait for the model's lock.</summary>
    public void End() => _task.Faults.Remove(this);
}
