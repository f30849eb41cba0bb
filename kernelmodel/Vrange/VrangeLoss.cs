namespace KernelModel.Vrange;

/// <summary>What an unmark has to report.</summary>
/// <param name="Purged">The promise (R1): whether any range that was taken away, or a tombstone, had been purged.</param>
/// <param name="Bytes">Information (R7): bytes of the asked range that had data when they were purged.</param>
public readonly record struct VrangeLoss(bool Purged, long Bytes);
