using KernelModel.Mapping;

namespace KernelModel.Mm;

/// <summary>A purge of a mount's file that has to come to its end before pages can be taken back (R12).</summary>
/// <param name="Mapping">The file.</param>
/// <param name="First">First page.</param>
/// <param name="Last">Last page, inclusive.</param>
public sealed record PurgeWait(AddressSpace Mapping, ulong First, ulong Last)
{
    /// <summary>Has somebody woken once when it may be over.</summary>
    /// <returns>False when it is over already.</returns>
    public bool Begin(IPurgeWaiter waiter) => Mapping.TryAwaitPurge(First, Last, waiter);

    /// <summary>He waits no more. Not under the lock of a mapping.</summary>
    public void End(IPurgeWaiter waiter) => Mapping.Forget(waiter);
}
