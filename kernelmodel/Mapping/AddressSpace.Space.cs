using KernelModel.Vrange;

namespace KernelModel.Mapping;

/// <summary>How much room a write or an allocation needs, and whether there can be so much (R17).</summary>
public sealed partial class AddressSpace
{
    // Pages that a purge has to free for the range, one at least: who asks was refused.
    private long Shortage(long offset, long length)
    {
        (ulong first, ulong last) = (PageSize.PageOf(offset), PageSize.PageOf(offset + length - 1));
        long missing;
        lock (this)
            missing = (long)(last - first + 1) - CountData(first, last);
        return Math.Max(1, missing - Domain.RoomPages);
    }

    // Before anything is taken. Where it is not known it is tried: the range may have memory that nobody has written to.
    private bool CanAllocate(long offset, long length)
    {
        (ulong first, ulong last) = (PageSize.PageOf(offset), PageSize.PageOf(offset + length - 1));
        long pages = (long)(last - first + 1);
        if (Domain.Storage.LimitPages == 0 || pages <= Domain.RoomPages)
            return true;

        long present, purgeable;
        lock (this)
        {
            long elsewhere = (first == 0 ? 0 : CountData(0, first - 1)) + CountData(last + 1, ulong.MaxValue);
            present = Math.Clamp(StatLocked().Pages - elsewhere, 0, pages);
            purgeable = -CountVolatileIn(first, last); // what goes there is missing there
        }

        long wanted = pages - present - Domain.RoomPages - Domain.FreeingPages;
        foreach (IVrangeOwner owner in wanted > 0 ? Domain.Lru.Owners() : [])
        {
            if (owner is AddressSpace mapping)
                purgeable += mapping.CountVolatile();
            if (purgeable >= wanted)
                break;
        }

        return wanted <= 0 || purgeable >= wanted;
    }

    private long CountVolatileIn(ulong first, ulong last)
    {
        long pages = 0;
        while (first <= last && _state?.Ranges is VrangeRoot ranges && ranges.TryFindAtOrAfter(first, out VrangeEntry range)
            && range.First <= last)
        {
            pages += CountData(Math.Max(first, range.First), Math.Min(last, range.Last));
            first = range.Last + 1;
        }

        return pages;
    }
}
