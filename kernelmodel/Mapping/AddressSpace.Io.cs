using System.Diagnostics;
using KernelModel.Ranges;
using KernelModel.Vrange;

namespace KernelModel.Mapping;

/// <summary>read, write, truncate, fallocate and seek, as shmem answers them.</summary>
public sealed partial class AddressSpace
{
    // Gigabytes are given and freed a part at a time, so that nobody waits for the lock, or for that of the store's file, until
    // all of it is done; in so many parts at most, whatever length a sparse file has.
    private const long MinPart = 16 << 20;
    private const int MaxParts = 1024;
    private static readonly TimeSpan s_wakeUp = TimeSpan.FromMicroseconds(100);

    /// <summary>Reads what there is up to i_size; holes are zeros.</summary>
    /// <returns>Bytes read, 0 at and past the end; -EIO for a purged page under the sigbus behaviour (R10).</returns>
    public int Read(long offset, Span<byte> destination)
    {
        if (destination.IsEmpty)
            return 0;
        if (Volatile.Read(ref _state)?.Dead is not null && IsDead(offset, destination.Length))
            return -Errno.EIO;

        // Not under the lock: the store is coherent by itself, and a purge that comes now is followed by an
        // invalidation of what this read brings to the page cache.
        return Volatile.Read(ref _store)?.Read(offset, destination) ?? 0;
    }

    /// <summary>
    /// Stores bytes and extends i_size. Room is made by purging volatile ranges before anybody sees ENOSPC (R17).
    /// </summary>
    /// <param name="offset">Bytes.</param>
    /// <param name="source">The bytes.</param>
    /// <param name="wait">Whether to wait, a few milliseconds at most, for the memory of removed files.</param>
    /// <returns>Bytes stored, fewer than asked when the space ends there; -ENOSPC, -ENOMEM, -EIO.</returns>
    public int Write(long offset, ReadOnlySpan<byte> source, bool wait = true)
    {
        int done = 0;
        bool exhausted = false;
        while (!source.IsEmpty)
        {
            int written;
            lock (this)
            {
                written = StoreLocked(offset, source, force: false);
                NoteWritten(offset, written);
            }

            if (written < 0 && written != -Errno.ENOSPC)
                return done > 0 ? done : written;

            int stored = Math.Max(written, 0);
            done += stored;
            offset += stored;
            source = source[stored..];
            if (source.IsEmpty)
                break;
            if (exhausted && stored == 0)
                return done > 0 ? done : -Errno.ENOSPC;

            // What others freed between the refusal and the look for more is there for the last try.
            exhausted = Domain.Reclaim(Shortage(offset, source.Length), wait) == 0;
        }

        if (HasNews)
            TellView(wait: false);
        return done;
    }

    /// <summary>
    /// Takes dirty pages that the host writes back. What lies in a running purge is the purged data and is dropped, page by
    /// page, its neighbours are kept (R12). Room is made as for <see cref="Write"/>; what finds none is lost, and the next
    /// unmark over it says so as well (R17). Does not extend i_size.
    /// </summary>
    /// <param name="offset">Bytes.</param>
    /// <param name="source">The bytes.</param>
    /// <param name="wait">As for <see cref="Write"/>. Without it nothing is given up: -ENOSPC asks to come again with it.</param>
    /// <returns>Bytes taken, all of them, or a negative errno.</returns>
    public int WriteBack(long offset, ReadOnlySpan<byte> source, bool wait = true)
    {
        int result = source.Length;
        for (bool exhausted = false; ;)
        {
            lock (this)
            {
                source = source[..(int)Math.Clamp(StatLocked().Size - offset, 0, source.Length)];
                int done = WriteBackLocked(offset, source, out int error);
                if (error < 0 && error != -Errno.ENOSPC)
                    return error;
                if (error < 0 && exhausted && done == 0)
                {
                    result = -Errno.ENOSPC;
                    if (!wait)
                        break;
                    done = GiveUpLocked(offset, source.Length);
                }

                offset += done;
                source = source[done..];
            }

            if (source.IsEmpty)
                break;
            exhausted = exhausted || Domain.Reclaim(Shortage(offset, source.Length), wait) == 0;
        }

        if (HasNews)
            TellView(wait: false);
        long excess = Domain.Storage.ExcessPages;
        if (excess > 0)
            Domain.Reclaim(excess, wait: false);
        return result;
    }

    /// <summary>Sets i_size. Shrinking frees pages; marks stay as they are, only size 0 ends tombstones (R11).</summary>
    public int Truncate(long size)
    {
        lock (this)
        {
            long before = _state?.View is null ? 0 : StatLocked().Size;
            if (_store is not null || size > 0)
            {
                int error = WithStore(out IBackingStore? store);
                if (error == 0)
                    error = store!.Truncate(size);
                if (error < 0)
                    return error;
                Revive((ulong)PageSize.PagesFor(size), ulong.MaxValue);
            }

            if (size == 0)
                ForgetTombstones();
            NoteTruncate(before, size);
        }

        if (HasNews)
            TellView(wait: false);
        return 0;
    }

    /// <summary>As <see cref="Truncate"/>, for what frees much: a part at a time, from the end.</summary>
    public int TruncateInParts(long size)
    {
        long end = Stat().Size;
        long part = PartOf(end - size);
        int error = 0;
        while (error == 0 && end - size > part)
        {
            error = Truncate(end -= part);
            LetOthersIn();
        }

        return error == 0 ? Truncate(size) : error;
    }

    /// <summary>Makes a hole; whole pages are freed, the rest is zeroed. Marks stay as they are (R11).</summary>
    public int PunchHole(long offset, long length)
    {
        // Parts end where pages do, or the page between two of them would not be freed.
        long end = offset + length;
        long part = PartOf(length);
        int error = 0;
        while (error == 0 && offset < end)
        {
            long next = end - offset > part ? PageSize.OffsetOf(PageSize.PageOf(offset + part)) : end;
            error = PunchPart(offset, next - offset);
            offset = next;
            if (offset < end)
                LetOthersIn();
        }

        return error;
    }

    private int PunchPart(long offset, long length)
    {
        int error;
        lock (this)
        {
            error = _store?.Punch(offset, length) ?? 0;
            ulong first = (ulong)PageSize.PagesFor(offset);
            ulong end = PageSize.PageOf(offset + length);
            if (error == 0 && end > first)
                Revive(first, end - 1);
            if (error == 0)
                NotePunch(offset, length);
        }

        if (HasNews)
            TellView(wait: false);
        return error;
    }

    /// <summary>Gives every page of the range memory, all or nothing (fallocate).</summary>
    /// <param name="offset">Bytes.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="keepSize">FALLOC_FL_KEEP_SIZE.</param>
    /// <param name="wait">As for <see cref="Write"/>.</param>
    public int Allocate(long offset, long length, bool keepSize, bool wait = true)
    {
        // Each part is all or nothing; what the last one needs others may have taken meanwhile.
        // What cannot succeed takes nothing, neither memory nor anybody's ranges.
        if (!CanAllocate(offset, length))
            return -Errno.ENOSPC;
        for (long done = 0; done < length;)
        {
            long part = Math.Min(MinPart, length - done);
            int error = AllocatePart(offset + done, part, keepSize || done + part < length, wait);
            if (error != 0)
                return error;
            done += part;
            if (done < length)
                LetOthersIn();
        }

        return 0;
    }

    private int AllocatePart(long offset, long length, bool keepSize, bool wait)
    {
        for (bool exhausted = false; ;)
        {
            int error;
            lock (this)
            {
                error = WithStore(out IBackingStore? store);
                if (error == 0)
                    error = store!.Allocate(offset, length, keepSize);
            }

            if (error != -Errno.ENOSPC || exhausted)
                return error;
            exhausted = Domain.Reclaim(Shortage(offset, length), wait) == 0;
        }
    }

    /// <summary>SEEK_DATA: the first byte at or above offset that has data, or -ENXIO.</summary>
    public long SeekData(long offset) => Volatile.Read(ref _store)?.SeekData(offset) ?? -Errno.ENXIO;

    /// <summary>SEEK_HOLE: the first byte at or above offset that has none, i_size at the latest, or -ENXIO.</summary>
    public long SeekHole(long offset) => Volatile.Read(ref _store)?.SeekHole(offset) ?? -Errno.ENXIO;

    private static long PartOf(long length) => Math.Max(MinPart, (length / MaxParts) & ~(PageSize.Bytes - 1L));

    // Whoever waits for a monitor that was just let go has to wake up first, and would find it taken again.
    private static void LetOthersIn()
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < s_wakeUp)
            Thread.Yield();
    }

    private bool IsDead(long offset, int length)
    {
        lock (this)
            return _state?.Dead is PageRuns dead && dead.Overlaps(PageSize.PageOf(offset), PageSize.PageOf(offset + length - 1));
    }

    private int StoreLocked(long offset, ReadOnlySpan<byte> source, bool force)
    {
        int written = WithStore(out IBackingStore? store);
        if (written == 0)
            written = store!.Write(offset, source, force);
        if (written > 0)
            Revive(PageSize.PageOf(offset), PageSize.PageOf(offset + written - 1));
        return written;
    }

    // How much was stored or dropped; with an error, what the rest met.
    private int WriteBackLocked(long offset, ReadOnlySpan<byte> source, out int error)
    {
        error = 0;
        int done = 0;
        while (done < source.Length)
        {
            int length = source.Length - done;
            bool dropped = false;
            if (_state?.Windows is not null)
                length = RunOfOneFate(offset + done, length, out dropped);

            if (dropped)
            {
                DropPurged(PageSize.PageOf(offset + done), PageSize.PageOf(offset + done + length - 1));
            }
            else
            {
                int stored = StoreLocked(offset + done, source.Slice(done, length), force: false);
                if (stored < 0)
                {
                    error = stored;
                    return done;
                }

                NoteWritten(offset + done, stored);
                length = stored;
            }

            done += length;
        }

        return done;
    }

    // The first page of what cannot be stored: lost without a purge. The host tells who syncs, an unmark tells the rest.
    private int GiveUpLocked(long offset, int length)
    {
        ulong page = PageSize.PageOf(offset);
        VrangeRoot ranges = State.Ranges ??= new VrangeRoot(Domain.Lru, this);
        ranges.AddTombstone(page, page);
        Domain.Lru.CountUnreported((State.Lost ??= new PageRuns()).Add(page, page));
        return (int)Math.Min(length, PageSize.OffsetOf(page + 1) - offset);
    }

    /// <summary>How many bytes from offset lie together inside, or together outside, of running purges.</summary>
    private int RunOfOneFate(long offset, int length, out bool dropped)
    {
        ulong page = PageSize.PageOf(offset);
        ulong last = PageSize.PageOf(offset + length - 1);
        dropped = IsInWindow(page, page);
        while (page < last && IsInWindow(page + 1, page + 1) == dropped)
            page++;
        return (int)Math.Min(length, PageSize.OffsetOf(page + 1) - offset);
    }

    private void Revive(ulong first, ulong last)
    {
        if (_state?.Dead is PageRuns dead && dead.Remove(first, last) > 0 && dead.IsEmpty)
            _state.Dead = null;
    }
}
