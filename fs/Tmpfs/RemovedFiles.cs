using KernelModel.Mapping;

namespace Fs.Tmpfs;

/// <summary>
/// Memory of files that have neither name nor opener. On tmpfs an unlink, or the last close, has freed it when it returns; the
/// kernel tells this daemon a moment later, by RELEASE and FORGET. Who removes a file and asks for the free space must not see
/// that moment, nor who needs it.
/// </summary>
/// <remarks>Any thread; the counts are Interlocked.</remarks>
internal sealed class RemovedFiles(IBackingStorage storage) : IRemovedFiles
{
    // One that stays open, or that an O_PATH descriptor keeps, is not waited for again and again.
    private const long ReleaseMilliseconds = 10;
    private const long ForgetMilliseconds = 200;
    private const int Tries = 10;

    private long _pages;
    private long _removedAt; // ticks

    // The latest file that lost its last name while it was open: its close may have returned, and its RELEASE be on its way.
    private long _orphanPages;
    private long _orphanedAt;

    /// <summary>Pages that are used no more, although they are not free yet.</summary>
    public long Pages => Interlocked.Read(ref _pages);

    /// <inheritdoc/>
    public long ExpectedPages
    {
        get
        {
            long now = Environment.TickCount64;
            bool released = now - Interlocked.Read(ref _orphanedAt) < ReleaseMilliseconds;
            bool forgotten = now - Interlocked.Read(ref _removedAt) < ForgetMilliseconds;
            return (forgotten ? Pages : 0) + (released ? Interlocked.Read(ref _orphanPages) : 0);
        }
    }

    /// <summary>Whether a file of any size might not find room without them.</summary>
    public bool MayBeNeeded
        => ExpectedPages is long pages and > 0 && storage.LimitPages > 0 && storage.LimitPages - storage.UsedPages < pages;

    /// <summary>The last opener or the last name of a file went. Takes its monitor.</summary>
    public void Note(RegularInode inode)
    {
        lock (inode)
        {
            if (inode.LinkCount > 0 || inode.RemovedPages > 0 || inode.MappingIfAny is not AddressSpace mapping)
                return;
            long pages = mapping.Stat().Pages;
            if (mapping.IsHeld)
            {
                Interlocked.Exchange(ref _orphanPages, pages);
                Interlocked.Exchange(ref _orphanedAt, Environment.TickCount64);
                return;
            }

            inode.RemovedPages = pages;
            Interlocked.Exchange(ref _orphanPages, 0);
            Interlocked.Exchange(ref _removedAt, Environment.TickCount64);
            Interlocked.Add(ref _pages, pages);
        }
    }

    /// <summary>Its memory is free.</summary>
    public void Freed(RegularInode inode) => Interlocked.Add(ref _pages, -inode.RemovedPages);

    /// <inheritdoc/>
    public long AwaitFreed()
    {
        long freed = 0;
        for (int i = 0; freed == 0 && i < Tries; i++)
        {
            bool more = ExpectedPages > 0;
            freed = storage.AwaitFrees();
            if (!more)
                break;
        }

        return freed;
    }

    /// <summary>
    /// Waits likewise while somebody may need them: where the kernel stores itself, nobody asks again before ENOSPC.
    /// </summary>
    public void AwaitNeeded()
    {
        for (int i = 0; i < Tries / 2 && MayBeNeeded; i++)
            storage.AwaitFrees();
    }
}
