using System.Collections.Concurrent;
using Fs.Host;
using Fs.Tmpfs;
using Fuse;
using KernelModel.Mapping;

namespace Fs.Mount;

/// <summary>
/// Drops pages that the host has cached of the mount. The notification waits for every unanswered READ and write-back of
/// its pages, so it is sent from a thread of its own that serves nothing and holds no lock.
/// </summary>
internal sealed class HostPageCache : IHostCache, IHostCacheControl, IDisposable
{
    private readonly BlockingCollection<Work> _queue = [];
    private readonly Thread _thread;
    private FuseSession? _session;
    private int _outstanding; // Interlocked

    public HostPageCache()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "invalidate" };
        _thread.Start();
    }

    /// <summary>Where notifications go; set once, before the first request.</summary>
    public void Attach(FuseSession session) => _session = session;

    /// <inheritdoc/>
    public bool BeginInvalidate(RegularInode inode, PurgeWindow window)
        => _session is not null && TryQueue(new Work(inode, window.First, window.Last, window));

    /// <inheritdoc/>
    public void Invalidate(RegularInode inode, ulong firstPage, ulong lastPage)
    {
        if (_session is not null)
            TryQueue(new Work(inode, firstPage, lastPage, null));
    }

    /// <inheritdoc/>
    public void Drop(RegularInode inode, ulong firstPage, ulong lastPage)
    {
        // ENOENT says that the kernel has forgotten the inode, and its pages with it.
        _session?.InvalidateInode(inode.Ino, PageSize.OffsetOf(firstPage), PageSize.OffsetOf(lastPage - firstPage + 1));
    }

    /// <inheritdoc/>
    public void AfterInvalidations(Action next)
    {
        if (Volatile.Read(ref _outstanding) == 0 || !TryQueue(new Work(null, 0, 0, null, next)))
            next();
    }

    /// <summary>Ends the thread; purges that are waiting end without an invalidation, as nobody is left to see them.</summary>
    public void Dispose()
    {
        _queue.CompleteAdding();
        _thread.Join();
        _queue.Dispose();
    }

    private bool TryQueue(Work work)
    {
        if (_queue.IsAddingCompleted)
            return false;
        Interlocked.Increment(ref _outstanding);
        _queue.Add(work);
        return true;
    }

    private void Run()
    {
        foreach (Work work in _queue.GetConsumingEnumerable())
        {
            if (work.Inode is not null)
                Drop(work.Inode, work.First, work.Last);
            work.Window?.Mapping.EndPurge(work.Window);
            Interlocked.Decrement(ref _outstanding);
            work.Next?.Invoke();
        }
    }

    // With a window it is a purge, which ends when the pages are gone; without an inode there is nothing to drop.
    private readonly record struct Work(RegularInode? Inode, ulong First, ulong Last, PurgeWindow? Window, Action? Next = null);
}
