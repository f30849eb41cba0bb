using System.Diagnostics;
using KernelModel.Mapping;
using KernelModel.Vrange;

namespace Fs.Host;

/// <summary>
/// Keeps <c>size=</c> where the kernel writes to the stores itself and no request tells that they fill (R17). The
/// tmpfs is allowed as many pages above the limit as a purge could free, so a writer meets ENOSPC only when purging could
/// not help; what is above the limit is purged at the next look.
/// </summary>
internal sealed class SpacePoller : IDisposable
{
    private const long MinAllowance = 64L << 20 >> PageSize.Shift;
    private const int AllowanceShare = 8;

    // As fast as anybody fills a mount, in pages a millisecond (4 GiB/s).
    private const long FillRate = 1024;
    private const int MinMilliseconds = 10;
    private const int MaxMilliseconds = 100;

    // Counting takes a tenth of the time at most, however many files and ranges change all the while.
    private const int CountShare = 10;

    private readonly PrivateTmpfs _storage;
    private readonly VrangeLru _lru;
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private readonly long _allowance;
    private TimeSpan _pause; // until the next count; the poller's thread alone looks at these two
    private long _countedAt;
    private volatile bool _stopping;

    public SpacePoller(PrivateTmpfs storage, VrangeLru lru)
    {
        _storage = storage;
        _lru = lru;
        _allowance = Math.Max(MinAllowance, storage.LimitPages / AllowanceShare);
        _thread = new Thread(Run) { IsBackground = true, Name = "space" };
        if (storage.LimitPages == 0)
            return;
        storage.MaxAllowance = _allowance;
        lru.Populated += Wake;
        _thread.Start();
    }

    public void Dispose()
    {
        _lru.Populated -= Wake;
        _stopping = true;
        Wake();
        if (_thread.IsAlive)
            _thread.Join();
        _wake.Dispose();
    }

    private void Wake() => _wake.Set();

    private void Run()
    {
        while (!_stopping)
            _wake.WaitOne(Look());
    }

    // How many milliseconds until the next look; without ranges until there is one.
    private int Look()
    {
        long used = _storage.UsedPages;
        if (used > _storage.LimitPages)
        {
            _lru.Discard(used - _storage.LimitPages, VrangeOwners.Files, wait: false);
            used = _storage.UsedPages;
        }

        if (_lru.Count == 0)
        {
            // What was taken back above the limit stays there, but no more may come.
            _storage.MaxAllowance = _allowance;
            _storage.Allow(Math.Max(0, used - _storage.LimitPages));
            return used > _storage.LimitPages ? MaxMilliseconds : Timeout.Infinite;
        }

        long milliseconds = Math.Clamp((_storage.LimitPages - used) / FillRate, MinMilliseconds, MaxMilliseconds);
        bool near = milliseconds < MaxMilliseconds;
        _storage.MaxAllowance = near ? _allowance : 0;
        if (near && Stopwatch.GetElapsedTime(_countedAt) >= _pause)
            _storage.Allow(CountPurgeable());
        return (int)milliseconds;
    }

    // Files that have not changed since are not counted again. Between two counts a mark adds what it makes purgeable.
    private long CountPurgeable()
    {
        long start = Stopwatch.GetTimestamp();
        long pages = 0;
        foreach (IVrangeOwner owner in _lru.Owners())
        {
            if (owner is AddressSpace mapping)
                pages += mapping.CountVolatile();
            if (pages >= _allowance)
                break;
        }

        _countedAt = Stopwatch.GetTimestamp();
        _pause = Stopwatch.GetElapsedTime(start, _countedAt) * (CountShare - 1);
        return Math.Min(_allowance, pages);
    }
}
