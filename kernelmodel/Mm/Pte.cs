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

    /// <summary>Its task gave the contents up with MADV_FREE; it counts while nothing was stored since.</summary>
    private const ulong Freed = 1 << 10;

    // Kinds of entries that are not present.
    public const ulong SwapKind = 1 << 1;
    public const ulong GuardMarker = 2 << 1;

    /// <summary>R26: the page that was here was purged, and somebody was not told yet: see the two records.</summary>
    private const ulong PurgedKind = 3 << 1;

    /// <summary>A purged marker that the next vrange(2) reports. A guard that was put over one carries the record on.</summary>
    public const ulong PurgedForArea = PurgedKind | AreaRecord;

    /// <summary>A purged marker of a page in a range of mvrange.</summary>
    public const ulong PurgedForRange = PurgedKind | RangeRecord;

    private const ulong AreaRecord = 1 << 8;
    private const ulong RangeRecord = 1 << 9;
    private const ulong Records = AreaRecord | RangeRecord;
    private const ulong KindMask = 7 << 1;
    private const ulong SwapExclusive = 1 << 8;

    public static bool IsPresent(ulong pte) => (pte & Present) != 0;

    public static bool IsSwap(ulong pte) => (pte & (Present | KindMask)) == SwapKind;

    /// <summary>Whether it leads to a page, in memory or in swap.</summary>
    public static bool HasPage(ulong pte) => IsPresent(pte) || IsSwap(pte);

    public static bool IsGuard(ulong pte) => (pte & (Present | KindMask)) == GuardMarker;

    public static bool IsPurged(ulong pte) => (pte & (Present | KindMask)) == PurgedKind;

    /// <summary>Whether an entry says of a page that it was purged: a marker, or a guard over one.</summary>
    public static bool HasRecord(ulong pte) => (IsPurged(pte) || IsGuard(pte)) && (pte & Records) != 0;

    public static bool IsPurgedForArea(ulong pte) => HasRecord(pte) && (pte & AreaRecord) != 0;

    public static bool IsPurgedForRange(ulong pte) => HasRecord(pte) && (pte & RangeRecord) != 0;

    /// <summary>Takes one record out of a marker or a guard; a marker that no record is left in is none.</summary>
    public static ulong ClearRecord(ulong pte, ulong record)
    {
        ulong left = pte & ~(record & Records);
        return left == PurgedKind ? None : left;
    }

    /// <summary>A guard in the place of what is there, with its records.</summary>
    public static ulong MakeGuard(ulong pte) => GuardMarker | (HasRecord(pte) ? pte & Records : 0);

    /// <summary>What was below a guard.</summary>
    public static ulong TakeGuardAway(ulong pte) => HasRecord(pte) ? PurgedKind | (pte & Records) : None;

    /// <summary>An entry whose contents its task gives up, until it stores again.</summary>
    public static ulong MakeFreed(ulong pte) => (pte & ~(Young | Dirty)) | Freed;

    /// <summary>Whether the contents are given up, as far as this entry goes.</summary>
    public static bool IsFreed(ulong pte) => (pte & (Present | Freed | Dirty)) == (Present | Freed);

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
