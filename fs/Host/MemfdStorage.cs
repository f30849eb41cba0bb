using KernelModel.Mapping;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>
/// The bytes of all files in one sparse memfd: needs no right, and one descriptor however many files there are. A page gets
/// the next place behind all that were ever given, which is a hole, and is punched out when it goes. No place is given
/// twice, so who still reads where a page was sees zeros and never another file: there are 2^51 of them, enough to write
/// 4 GiB a second for 68 years.
/// </summary>
internal sealed class MemfdStorage : IBackingStorage, IDisposable
{
    private long _nextPlace; // Interlocked

    private MemfdStorage(SafeFileHandle memory, long limitPages)
    {
        Memory = memory;
        Quota = new BlockQuota(limitPages);
    }

    /// <inheritdoc/>
    public long LimitPages => Quota.Limit;

    /// <inheritdoc/>
    public long UsedPages => Quota.Used;

    /// <inheritdoc/>
    public long ExcessPages => Quota.Excess;

    internal BlockQuota Quota { get; }

    /// <summary>The memfd; all of it reads as zeros but for the pages that have been stored.</summary>
    internal SafeFileHandle Memory { get; }

    /// <summary>Makes one.</summary>
    /// <param name="limitPages">Pages of data, 0 for no limit.</param>
    /// <param name="error">Negative errno when null is returned.</param>
    public static MemfdStorage? TryCreate(long limitPages, out int error)
    {
        SafeFileHandle memory = Libc.memfd_create("vrangefs", Libc.MFD_CLOEXEC);
        error = memory.IsInvalid ? Libc.LastError : ShmemFile.Truncate(memory, long.MaxValue);
        if (error == 0)
            return new MemfdStorage(memory, limitPages);
        memory.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public long AwaitFrees()
    {
        long before = Quota.Used;
        Thread.Sleep(1);
        return Math.Max(0, before - Quota.Used);
    }

    /// <inheritdoc/>
    public int Create(out IBackingStore? created)
    {
        created = new MemfdStore(this);
        return 0;
    }

    /// <inheritdoc/>
    public void Dispose() => Memory.Dispose();

    /// <summary>Places for so many pages, behind each other.</summary>
    internal ulong Take(long pages) => (ulong)(Interlocked.Add(ref _nextPlace, pages) - pages);

    /// <summary>Frees the memory at some places, for good.</summary>
    internal int Free(ulong place, long pages)
        => ShmemFile.Fallocate(
            Memory,
            Libc.FALLOC_FL_PUNCH_HOLE | Libc.FALLOC_FL_KEEP_SIZE,
            PageSize.OffsetOf(place),
            pages << PageSize.Shift);
}
