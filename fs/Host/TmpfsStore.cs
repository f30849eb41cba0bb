using Fuse;
using KernelModel.Mapping;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>The bytes of one file in a file of the private tmpfs, opened when it is used.</summary>
internal sealed class TmpfsStore : IBackingStore
{
    // What the file was when it was closed; nobody changes it then.
    private StoreStat _closedStat;

    public TmpfsStore(PrivateTmpfs owner, ulong number)
    {
        Owner = owner;
        Number = number;
    }

    /// <summary>Takes over the open file of a store whose own file is gone.</summary>
    public TmpfsStore(TmpfsStore retired)
        : this(retired.Owner, retired.Number)
    {
        File = retired.File;
        BackingId = retired.BackingId;
        retired.File = null;
        retired.BackingId = 0;
    }

    public PrivateTmpfs Owner { get; }

    /// <summary>Name in the tmpfs.</summary>
    public ulong Number { get; }

    /// <summary>The open file, null when it is not. The owner's lock guards this and what follows.</summary>
    public SafeFileHandle? File { get; set; }

    /// <summary>Number of the open file with the kernel, 0 for none.</summary>
    public int BackingId { get; set; }

    public int Users { get; set; }

    public bool IsIdle { get; set; }

    public TmpfsStore? Older { get; set; }

    public TmpfsStore? Younger { get; set; }

    /// <inheritdoc/>
    public int Acquire() => Owner.Acquire(this);

    /// <inheritdoc/>
    public void Release() => Owner.Release(this);

    /// <inheritdoc/>
    public int Read(long offset, Span<byte> destination)
    {
        if (Acquire() is int error and < 0)
            return error;
        int result = ShmemFile.Read(File!, offset, destination);
        Release();
        return result;
    }

    /// <inheritdoc/>
    public int Write(long offset, ReadOnlySpan<byte> source, bool force)
    {
        if (Acquire() is int error and < 0)
            return error;
        int result = ShmemFile.Write(File!, offset, source);
        if (force && result != source.Length && (result >= 0 || result == -Errno.ENOSPC))
        {
            Owner.Raise(PageSize.PagesFor(source.Length) + 1);
            result = ShmemFile.Write(File!, offset, source);
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
        int result = ShmemFile.Truncate(File!, size);
        Release();
        return result;
    }

    /// <inheritdoc/>
    public int Stat(out StoreStat stat)
    {
        SafeFileHandle? file = File;
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
        if (File is null)
            return;
        _ = ShmemFile.Stat(File, out _closedStat);
        if (BackingId > 0)
            Owner.Registry?.Unregister(BackingId);
        SafeFileHandle file = File;
        File = null;
        BackingId = 0;
        file.Dispose();
    }

    /// <summary>The number under which the kernel reads and writes the file itself; the caller has acquired the store.</summary>
    public int Register() => Owner.Register(this);

    /// <summary>
    /// Whether anybody but this process may have the file open, or mapped, for writing: a write lease is granted to who alone
    /// has it open (fs/locks.c: check_conflicting_open). A reader, or a close a moment ago, leaves a false doubt.
    /// </summary>
    public bool HasOtherWriters()
    {
        if (Acquire() < 0)
            return true;
        bool alone = Libc.fcntl(File!, Libc.F_SETLEASE, Libc.F_WRLCK) == 0;
        if (alone)
            _ = Libc.fcntl(File!, Libc.F_SETLEASE, Libc.F_UNLCK);
        Release();
        return !alone;
    }

    private int Fallocate(int mode, long offset, long length)
    {
        if (Acquire() is int error and < 0)
            return error;
        int result = ShmemFile.Fallocate(File!, mode, offset, length);
        Release();
        return result;
    }

    private long Seek(long offset, int whence)
    {
        if (Acquire() is int error and < 0)
            return error;
        long result = ShmemFile.Seek(File!, offset, whence);
        Release();
        return result;
    }
}
