using Fuse;
using KernelModel.Mapping;
using KernelModel.Ranges;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>
/// The bytes of one file in a memfd. The kernel limits none, so what is stored is charged to the mount's quota; who
/// changes the store holds the lock of its mapping, so the count of its pages is exact.
/// </summary>
internal sealed class MemfdStore(SafeFileHandle file, BlockQuota quota) : IBackingStore
{
    private long _pages;

    // Pages that fallocate gave, until they are freed. SEEK_DATA passes over those that nothing was written to (mm/shmem.c:
    // they are not uptodate), but they have memory.
    private PageRuns? _given;

    /// <inheritdoc/>
    public int Acquire() => 0;

    /// <inheritdoc/>
    public void Release()
    {
    }

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> destination) => ShmemFile.Read(file, offset, destination);

    /// <inheritdoc/>
    public int Write(long offset, ReadOnlySpan<byte> source, bool force)
    {
        long missing = MissingIn(offset, source.Length);
        long charged = missing;
        if (force)
            quota.Add(missing);
        else
            charged = quota.ChargeUpTo(missing);

        // tmpfs stores what fits and says how much that was.
        int length = charged == missing ? source.Length : PrefixThatNeeds(charged, offset, source.Length);
        int written = length == 0 ? -Errno.ENOSPC : ShmemFile.Write(file, offset, source[..length]);
        Settle(charged);
        return written;
    }

    /// <inheritdoc/>
    public int Punch(long offset, long length)
    {
        int error = ShmemFile.Fallocate(file, Libc.FALLOC_FL_PUNCH_HOLE | Libc.FALLOC_FL_KEEP_SIZE, offset, length);
        ulong first = (ulong)PageSize.PagesFor(offset);
        ulong end = PageSize.PageOf(offset + length);
        if (error == 0 && end > first)
            _given?.Remove(first, end - 1);
        Settle(0);
        return error;
    }

    /// <inheritdoc/>
    public int Allocate(long offset, long length, bool keepSize)
    {
        long missing = MissingIn(offset, length);
        long charged = quota.ChargeUpTo(missing);
        int error = charged < missing
            ? -Errno.ENOSPC
            : ShmemFile.Fallocate(file, keepSize ? Libc.FALLOC_FL_KEEP_SIZE : 0, offset, length);
        if (error == 0)
            (_given ??= new PageRuns()).Add(PageSize.PageOf(offset), PageSize.PageOf(offset + length - 1));
        Settle(charged);
        return error;
    }

    /// <inheritdoc/>
    public int Truncate(long size)
    {
        int error = ShmemFile.Truncate(file, size);
        if (error == 0)
            _given?.Remove((ulong)PageSize.PagesFor(size), ulong.MaxValue);
        Settle(0);
        return error;
    }

    /// <inheritdoc/>
    public int Stat(out StoreStat stat) => ShmemFile.Stat(file, out stat);

    /// <inheritdoc/>
    public long SeekData(long offset) => ShmemFile.Seek(file, offset, Libc.SEEK_DATA);

    /// <inheritdoc/>
    public long SeekHole(long offset) => ShmemFile.Seek(file, offset, Libc.SEEK_HOLE);

    /// <inheritdoc/>
    public void Dispose()
    {
        file.Dispose();
        quota.Add(-_pages);
    }

    // What was charged beforehand becomes what the file really has.
    private void Settle(long charged)
    {
        long pages = ShmemFile.Stat(file, out StoreStat stat) == 0 ? stat.Pages : _pages;
        quota.Add(pages - _pages - charged);
        _pages = pages;
    }

    private long MissingIn(long offset, long length)
    {
        ulong page = PageSize.PageOf(offset);
        ulong end = PageSize.PageOf(offset + length - 1) + 1;
        long missing = 0;
        while (page < end)
        {
            long data = SeekData(PageSize.OffsetOf(page));
            ulong hole = data < 0 ? end : Math.Min(end, PageSize.PageOf(data));
            if (hole > page)
                missing += (long)(hole - page) - (_given?.CountIn(page, hole - 1) ?? 0);
            page = hole == end ? end : Math.Min(end, (ulong)PageSize.PagesFor(SeekHole(data)));
        }

        return missing;
    }

    private int PrefixThatNeeds(long pages, long offset, int length)
    {
        ulong page = PageSize.PageOf(offset);
        ulong last = PageSize.PageOf(offset + length - 1);
        while (page <= last && (MissingIn(PageSize.OffsetOf(page), 1) == 0 || pages-- > 0))
            page++;
        return (int)Math.Clamp(PageSize.OffsetOf(page) - offset, 0, length);
    }
}
