using Fuse;
using KernelModel.Mapping;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>The bytes of one file in a file of the private tmpfs, opened when it is used.</summary>
internal sealed class TmpfsStore : IBackingStore
{
    // What the file was when it was closed, and whether somebody could change it still.
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
        Open = retired.Open;
        Open!.Store = this;
        retired.Open = null;
    }

    public PrivateTmpfs Owner { get; }

    /// <summary>Name in the tmpfs.</summary>
    public ulong Number { get; }

    /// <summary>The open file, null when it is not. Guarded by the owner's lock.</summary>
    public StoreFile? Open { get; set; }

    // While the store is acquired.
    private SafeFileHandle File => Open!.Handle;

    /// <inheritdoc/>
    public int Acquire() => Owner.Acquire(this);

    /// <inheritdoc/>
    public void Release() => Owner.Release(this);

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> destination)
    {
        if (Acquire() is int error and < 0)
            return error;
        int result = ShmemFile.Read(File, offset, destination);
        Release();
        return result;
    }

    /// <inheritdoc/>
    public int Write(long offset, ReadOnlySpan<byte> source, bool force)
    {
        if (Acquire() is int error and < 0)
            return error;
        int result = ShmemFile.Write(File, offset, source);
        if (force && result != source.Length && (result >= 0 || result == -Errno.ENOSPC))
        {
            Owner.Raise(PageSize.PagesFor(source.Length) + 1);
            result = ShmemFile.Write(File, offset, source);
        }

        Release();
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
        if (Acquire() is int error and < 0)
            return error;
        int result = ShmemFile.Truncate(File, size);
        Release();
        return result;
    }

    /// <inheritdoc/>
    public int Stat(out StoreStat stat)
    {
        SafeFileHandle? file = Open?.Handle;
        if (file is null)
        {
            stat = _closedStat;
            return 0;
        }

        try
        {
            return ShmemFile.Stat(file, out stat);
        }
        catch (ObjectDisposedException)
        {
            // Closed as the oldest idle one a moment ago.
            stat = _closedStat;
            return 0;
        }
    }

    /// <inheritdoc/>
    public long SeekData(long offset) => Seek(offset, Libc.SEEK_DATA);

    /// <inheritdoc/>
    public long SeekHole(long offset) => Seek(offset, Libc.SEEK_HOLE);

    /// <inheritdoc/>
    public void Dispose() => Owner.Retire(this);

    /// <summary>Closes the descriptor; the owner's lock is held.</summary>
    public void Close()
    {
        if (Open is not StoreFile open)
            return;
        // Only who was given the number of the file could have opened it, now or when it was open before.
        _closedAlone = (_closedAlone && open.BackingId == 0) || IsOnlyOpener(open.Handle);
        _ = ShmemFile.Stat(open.Handle, out _closedStat);
        if (open.BackingId > 0)
            Owner.Registry?.Unregister(open.BackingId);
        Open = null;
        open.Handle.Dispose();
    }

    /// <summary>The number under which the kernel reads and writes the file itself; the caller has acquired the store.</summary>
    public int Register() => Owner.Register(this);

    /// <summary>
    /// Whether anybody but this process may have the file open, or mapped, for writing: a write lease is granted to who alone
    /// has it open (fs/locks.c: check_conflicting_open). A reader, or a close a moment ago, leaves a false doubt.
    /// </summary>
    public bool HasOtherWriters()
    {
        // Since it was closed nobody can have opened it but through this object.
        if (Owner.IsClosed(this) && _closedAlone)
            return false;
        if (Acquire() < 0)
            return true;
        bool alone = IsOnlyOpener(File);
        Release();
        return !alone;
    }

    private static bool IsOnlyOpener(SafeFileHandle file)
    {
        bool alone = Libc.fcntl(file, Libc.F_SETLEASE, Libc.F_WRLCK) == 0;
        if (alone)
            _ = Libc.fcntl(file, Libc.F_SETLEASE, Libc.F_UNLCK);
        return alone;
    }

    private int Fallocate(int mode, long offset, long length)
    {
        if (Acquire() is int error and < 0)
            return error;
        int result = ShmemFile.Fallocate(File, mode, offset, length);
        Release();
        return result;
    }

    private long Seek(long offset, int whence)
    {
        if (Acquire() is int error and < 0)
            return error;
        long result = ShmemFile.Seek(File, offset, whence);
        Release();
        return result;
    }
}
