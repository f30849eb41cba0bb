namespace KernelModel.Vrange;

/// <summary>What a vrange_root belongs to: an address_space or an mm_struct. Its lock guards the root.</summary>
public interface IVrangeOwner
{
    /// <summary>The one kind this owner is.</summary>
    VrangeOwners Kind { get; }

    /// <summary>
    /// Purges one range of this owner, chosen by the LRU. Takes the owner's lock; the caller holds none.
    /// A range that is gone by now frees nothing, one that is there leaves its place in the LRU or keeps it (R8).
    /// </summary>
    /// <param name="victim">The range.</param>
    /// <param name="control">For what; a FULL range gives all it has however much is wanted.</param>
    /// <returns>Pages really freed.</returns>
    long Purge(VrangeRef victim, in ScanControl control);
}
