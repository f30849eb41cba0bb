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
    // With a window it is a purge, which ends when the pages are gone.
    private readonly BlockingCollection<(RegularInode Inode, ulong First, ulong Last, PurgeWindow? Window)> _purges = [];
    private readonly Thread _thread;
    private FuseSession? _session;

    public HostPageCache()
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "invalidate" };
        _thread.Start();
    }

    /// <summary>Where notifications go; set once, before the first request.</summary>
    public void Attach(FuseSession session) => _session = session;

    /// <inheritdoc/>
    public bool BeginInvalidate(RegularInode inode, PurgeWindow window)
    {
        if (_session is null || _purges.IsAddingCompleted)
            return false;
        _purges.Add((inode, window.First, window.Last, window));
        return true;
    }

    /// <inheritdoc/>
    public void Invalidate(RegularInode inode, ulong firstPage, ulong lastPage)
    {
        if (_session is not null && !_purges.IsAddingCompleted)
            _purges.Add((inode, firstPage, lastPage, null));
    }

    /// <inheritdoc/>
    public void Drop(RegularInode inode, ulong firstPage, ulong lastPage)
    {
        // ENOENT says that the kernel has forgotten the inode, and its pages with it.
        _session?.InvalidateInode(inode.Ino, PageSize.OffsetOf(firstPage), PageSize.OffsetOf(lastPage - firstPage + 1));
    }

    /// <summary>Ends the thread; purges that are waiting end without an invalidation, as nobody is left to see them.</summary>
    public void Dispose()
    {
        _purges.CompleteAdding();
        _thread.Join();
        _purges.Dispose();
    }

    private void Run()
    {
        foreach ((RegularInode inode, ulong first, ulong last, PurgeWindow? window) in _purges.GetConsumingEnumerable())
        {
            Drop(inode, first, last);
            window?.Mapping.EndPurge(window);
        }
    }
}
