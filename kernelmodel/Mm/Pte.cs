using KernelModel.Mapping;

namespace KernelModel.Mm;

/// <summary>
/// Page table entries: 0 is none; present ones hold a frame number; the others hold a swap slot or a marker.
/// </summary>
internal static class Pte
{
    public const ulong None = 0;
    public const ulong Present = 1 << 0;
    public const ulong Writable = 1 << 1;
    public const ulong Young = 1 << 5;
    public const ulong Dirty = 1 << 6;

    // Kinds of entries that are not present.
    public const ulong SwapKind = 1 << 1;
    public const ulong GuardMarker = 2 << 1;

    /// <summary>R26: the page that was here was purged, and somebody was not told yet: see the two records.</summary>
    private const ulong PurgedKind = 3 << 1;

    /// <summary>A purged marker that the next vrange(2) reports.</summary>
    public const ulong PurgedForArea = PurgedKind | (1 << 8);

    /// <summary>A purged marker of a page in a range of mvrange.</summary>
    public const ulong PurgedForRange = PurgedKind | (1 << 9);

    private const ulong KindMask = 7 << 1;
    private const ulong SwapExclusive = 1 << 8;

    public static bool IsPresent(ulong pte) => (pte & Present) != 0;

    public static bool IsSwap(ulong pte) => (pte & (Present | KindMask)) == SwapKind;

    /// <summary>Whether it leads to a page, in memory or in swap.</summary>
    public static bool HasPage(ulong pte) => IsPresent(pte) || IsSwap(pte);

    public static bool IsGuard(ulong pte) => pte == GuardMarker;

    public static bool IsPurged(ulong pte) => (pte & (Present | KindMask)) == PurgedKind;

    public static bool IsPurgedForArea(ulong pte) => IsPurged(pte) && (pte & PurgedForArea & ~PurgedKind) != 0;

    /// <summary>Takes one record out of a marker; what no record is left in is none.</summary>
    public static ulong ClearRecord(ulong pte, ulong record)
    {
        ulong left = pte & ~(record & ~PurgedKind);
        return left == PurgedKind ? None : left;
    }

    public static bool IsWritable(ulong pte) => (pte & (Present | Writable)) == (Present | Writable);

    public static bool IsDirty(ulong pte) => (pte & (Present | Dirty)) == (Present | Dirty);

    public static bool IsZeroPage(ulong pte) => IsPresent(pte) && Pfn(pte) == MemMap.ZeroPage;

    public static int Pfn(ulong pte) => (int)(pte >> PageSize.Shift);

    public static int Slot(ulong pte) => (int)(pte >> PageSize.Shift);

    public static bool IsSwapExclusive(ulong pte) => IsSwap(pte) && (pte & SwapExclusive) != 0;

    public static ulong Make(int pfn, ulong bits) => ((ulong)pfn << PageSize.Shift) | Present | Young | bits;

    public static ulong MakeSwap(int slot, bool exclusive)
        => ((ulong)slot << PageSize.Shift) | SwapKind | (exclusive ? SwapExclusive : 0);

    public static ulong ClearSwapExclusive(ulong pte) => pte & ~SwapExclusive;
}
