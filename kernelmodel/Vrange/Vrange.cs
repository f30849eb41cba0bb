namespace KernelModel.Vrange;

/// <summary>
/// One volatile range, a struct in the slab of <see cref="VrangeLru"/> (linux: struct vrange).
/// <see cref="First"/>, <see cref="Last"/>, <see cref="Purged"/> and <see cref="Behavior"/> are guarded by the lock of
/// the owner of its root, everything else by the lock of the LRU.
/// </summary>
internal struct Vrange
{
    /// <summary>First page of the range.</summary>
    public ulong First;

    /// <summary>Last page of the range, inclusive.</summary>
    public ulong Last;

    /// <summary>When it came to the young end of the LRU: a pass visits nothing younger than itself (R8).</summary>
    public ulong Sequence;

    /// <summary>Slot of the owner in the LRU's table.</summary>
    public int Owner;

    /// <summary>Neighbour towards the old end, or the next free slot.</summary>
    public int Older;

    /// <summary>Neighbour towards the young end.</summary>
    public int Younger;

    /// <summary>Counts the lives of the slot, so that a stale <see cref="VrangeRef"/> is recognised.</summary>
    public uint Generation;

    /// <summary>Which list of the LRU it is on.</summary>
    public byte List;

    /// <summary>R8.</summary>
    public VrangeBehavior Behavior;

    /// <summary>R6: was a victim since it was last taken back.</summary>
    public bool Purged;
}

/// <summary>Names a range across a time in which its owner's lock was not held.</summary>
/// <param name="Slot">Slot in the slab.</param>
/// <param name="Generation">The life of the slot that is meant.</param>
public readonly record struct VrangeRef(int Slot, uint Generation);
