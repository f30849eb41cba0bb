using KernelModel.Mapping;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>
/// The bytes of one file in a file of the private tmpfs. Its descriptor is opened when it is used and may be closed whenever
/// it is not, also while somebody has the file open: who holds the file costs the daemon none.
/// </summary>
internal sealed class TmpfsStore : IBackingStore
{
    // What the file was when it was closed, and whether nobody could have changed it since. The owner's lock guards them.
    private StoreStat _closedStat;
    private bool _closedAlone = true;

    public TmpfsStore(PrivateTmpfs owner, ulong number)
    {
        Owner = owner;
        Number = number;
    }

    /// <summary>Takes over the open file of a store whose own file is gone.</summary>
    public TmpfsStore(TmpfsStore retired)
        : this(retired.Owner, retired.Number)
    {
        (Open, BackingId) = (retired.Open, retired.BackingId);
        Open!.Store = this;
        (retired.Open, retired.BackingId) = (null, 0);
    }

    public PrivateTmpfs Owner { get; }

    /// <summary>Name in the tmpfs.</summary>
    public ulong Number { get; }

    /// <summary>The open file, null when it is not. Guarded by the owner's lock.</summary>
    public StoreFile? Open { get; set; }

    /// <summary>
    /// Number of the file with the kernel, 0 for none. It outlives the descriptor while the file is held: all opens of an
    /// inode must name the same one (fs/fuse/iomode.c: fuse_inode_uncached_io_start). Guarded by the owner's lock.
    /// </summary>
    public int BackingId { get; set; }

    /// <summary>Whether somebody has the file open or mapped. Guarded by the owner's lock.</summary>
    public bool IsHeld { get; set; }

    /// <inheritdoc/>
    public int Acquire()
    {
        Owner.Hold(this);
        return 0;
    }

    /// <inheritdoc/>
    public void Release() => Owner.Release(this);

    /// <summary>
    /// A mapping keeps its own opening of the file, for reading too, and no lease is granted then: whoever it is that has it,
    /// in whatever state and where he can be seen by nobody, and without a look at him. An open cannot meet the lease: it is
    /// asked for only while nobody has the file open, under the lock that an open takes before the kernel opens the file.
    /// </summary>
    public bool HasOtherUsers => Owner.HasOtherUsers(this);

    /// <summary>By the same lease. A reader, or a close a moment ago, leaves a false doubt.</summary>
    public bool HasOtherWriters => Owner.HasOtherWriters(this);

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> destination)
    {
        int error = Owner.Pin(this, out StoreFile? file);
        if (error < 0)
            return error;
        int result = ShmemFile.Read(file!.Handle, offset, destination);
        Owner.Unpin(file);
        return result;
    }

    /// <inheritdoc/>
    public int Write(long offset, ReadOnlySpan<byte> source, bool force)
    {
        int error = Owner.Pin(this, out StoreFile? file);
        if (error < 0)
            return error;
        int result = ShmemFile.Write(file!.Handle, offset, source);
        if (force && result != source.Length && (result >= 0 || result == -Errno.ENOSPC))
        {
            Owner.Raise(PageSize.PagesFor(source.Length) + 1);
            result = ShmemFile.Write(file.Handle, offset, source);
        }

        Owner.Unpin(file);
        return result;
    }

    /// <inheritdoc/>
    public int Punch(long offset, long length)
        => Fallocate(Libc.FALLOC_FL_PUNCH_HOLE | Libc.FALLOC_FL_KEEP_SIZE, offset, length);

    /// <inheritdoc/>
    public int Allocate(long offset, long length, bool keepSize)
        => Fallocate(keepSize ? Libc.FALLOC_FL_KEEP_SIZE : 0, offset, length);

    /// <inheritdoc/>
    public int Truncate(long size)
    {
        int error = Owner.Pin(this, out StoreFile? file);
        if (error < 0)
            return error;
        int result = ShmemFile.Truncate(file!.Handle, size);
        Owner.Unpin(file);
        return result;
    }

    /// <inheritdoc/>
    public int Stat(out StoreStat stat)
    {
        try
        {
            if (Open?.Handle is SafeFileHandle file)
                return ShmemFile.Stat(file, out stat);
        }
        catch (ObjectDisposedException)
        {
            // Closed as the oldest idle one a moment ago.
        }

        return Owner.StatClosed(this, out stat);
    }

    /// <inheritdoc/>
    public long SeekData(long offset) => Seek(offset, Libc.SEEK_DATA);

    /// <inheritdoc/>
    public long SeekHole(long offset) => Seek(offset, Libc.SEEK_HOLE);

    /// <inheritdoc/>
    public void Dispose() => Owner.Retire(this);

    /// <summary>Closes the descriptor, and gives the number back unless the file is held; the owner's lock is held.</summary>
    public void Close()
    {
        // Only who was given the number of the file could have opened it, now or when it was open before.
        bool alone = (_closedAlone && BackingId == 0) || (!IsHeld && Open is not null && IsOnlyOpener(Open.Handle));
        if (Open is StoreFile open)
        {
            _ = ShmemFile.Stat(open.Handle, out _closedStat);
            Open = null;
            open.Handle.Dispose();
        }

        if (!IsHeld)
            Unregister();
        _closedAlone = alone; // found out while it had its number
    }

    /// <summary>Gives the number back; the owner's lock is held.</summary>
    public void Unregister()
    {
        if (BackingId == 0)
            return;
        Owner.Registry?.Unregister(BackingId);
        BackingId = 0;
        _closedAlone = false; // who opened it while it had the number may still have it mapped
    }

    /// <summary>What is known of the file without opening it, if that is all there is to know; the owner's lock is held.</summary>
    public bool TryGetClosedStat(out StoreStat stat)
    {
        stat = _closedStat;
        return Open is null && _closedAlone;
    }

    /// <summary>The number under which the kernel reads and writes the file itself; the caller holds the file.</summary>
    public int Register() => Owner.Register(this);

    /// <summary>
    /// Whether nobody but this process has the file open or mapped: a write lease is granted to who alone has it open
    /// (fs/locks.c: check_conflicting_open). Who opens it that moment would be kept waiting, or sent away with O_NONBLOCK:
    /// asked under the owner's lock, of a file that is not held, as nobody comes to open it before he holds it.
    /// </summary>
    public static bool IsOnlyOpener(SafeFileHandle file)
    {
        bool alone = Libc.fcntl(file, Libc.F_SETLEASE, Libc.F_WRLCK) == 0;
        if (alone)
            _ = Libc.fcntl(file, Libc.F_SETLEASE, Libc.F_UNLCK);
        return alone;
    }

    private int Fallocate(int mode, long offset, long length)
    {
        int error = Owner.Pin(this, out StoreFile? file);
        if (error < 0)
            return error;
        int result = ShmemFile.Fallocate(file!.Handle, mode, offset, length);
        Owner.Unpin(file);
        return result;
    }

    private long Seek(long offset, int whence)
    {
        int error = Owner.Pin(this, out StoreFile? file);
        if (error < 0)
            return error;
        long result = ShmemFile.Seek(file!.Handle, offset, whence);
        Owner.Unpin(file);
        return result;
    }
}
