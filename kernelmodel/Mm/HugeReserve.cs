namespace KernelModel.Mm;

/// <summary>
/// What a private mapping was promised (linux: a resv_map with HPAGE_RESV_OWNER): every page of it but those that were
/// taken. All pieces of the mapping share it; a child does not have it. Guarded by the model's lock.
/// </summary>
internal sealed class HugeReserve
{
    /// <summary>Indexes of pages whose promise was kept.</summary>
    public HashSet<ulong> Consumed { get; } = [];
}
