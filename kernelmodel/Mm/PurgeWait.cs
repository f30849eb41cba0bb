using KernelModel.Mapping;

namespace KernelModel.Mm;

/// <summary>A purge of a mount's file that has to come to its end before pages can be taken back (R12).</summary>
/// <param name="Mapping">The file.</param>
/// <param name="First">First page.</param>
/// <param name="Last">Last page, inclusive.</param>
public sealed record PurgeWait(AddressSpace Mapping, ulong First, ulong Last)
{
    /// <summary>Returns when it is over. Not from a thread that serves requests, nor with a lock held.</summary>
    public void Wait() => Mapping.AwaitPurges(First, Last);
}
