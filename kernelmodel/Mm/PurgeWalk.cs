namespace KernelModel.Mm;

/// <summary>How far a purge of a part of an address space came.</summary>
/// <param name="Freed">Pages freed.</param>
/// <param name="Spared">Volatile pages that were looked at and had to stay.</param>
/// <param name="Next">The first address not looked at; the end when nothing is left there.</param>
internal readonly record struct PurgeWalk(long Freed, long Spared, ulong Next);
