using Fs.Host;
using Fs.Tmpfs;

namespace Fs.Mount;

/// <summary>
/// Files with marks that were closed: who still has one of them mapped is looked up in the host's /proc, for all that came
/// together in one look, and nobody waits for it. close(2) does not either.
/// </summary>
internal sealed class ClosedFiles(Blocking blocking, HostTasks? tasks)
{
    // Guards the set; the look runs while there is one.
    private readonly Lock _lock = new();
    private HashSet<RegularInode>? _closed;

    /// <summary>Has the marks of a file die if nobody holds it any more (R11).</summary>
    public void Add(RegularInode inode)
    {
        lock (_lock)
        {
            if (_closed is not null)
            {
                _closed.Add(inode);
                return;
            }

            _closed = [inode];
        }

        blocking.Run(Look);
    }

    private void Look()
    {
        HashSet<RegularInode> closed;
        lock (_lock)
            (closed, _closed) = (_closed!, null);
        if (tasks?.MappedInodes() is not HashSet<ulong> mapped)
            return;
        foreach (RegularInode inode in closed)
        {
            if (!mapped.Contains(inode.Ino))
                inode.Mapping.RetireUnlessHeld();
        }
    }
}
