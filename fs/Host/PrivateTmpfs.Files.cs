using System.Diagnostics;
using KernelModel.Mapping;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>The files of the tmpfs: which are open, and which are empty and ready to be the next new file.</summary>
internal sealed partial class PrivateTmpfs
{
    // Recently used files stay open, so that using one again costs no system call; of the descriptors that the process may
    // have only a part: the rest is for proc, for look-ups on the host and for what the runtime opens.
    private const int MaxIdleOpen = 2048;
    private const int MinIdleOpen = 8;
    private const ulong IdleShare = 4;
    private const int MaxSpare = 64;

    // Freed at a time: 64 MiB.
    private const long CutPages = 64 << 20 >> PageSize.Shift;

    // Guards the lists and the open files of all stores.
    private readonly Lock _filesLock = new();
    private readonly Stack<TmpfsStore> _spare = new();
    private StoreFile? _oldestIdle;
    private StoreFile? _youngestIdle;
    private readonly int _maxIdle = Libc.getrlimit(Libc.RLIMIT_NOFILE, out Libc.Rlimit limit) < 0
        ? MinIdleOpen
        : (int)Math.Clamp(limit.rlim_cur / IdleShare, MinIdleOpen, MaxIdleOpen);
    private int _idle;
    private ulong _lastNumber;

    // Held while memory of removed files is being freed; comes before _filesLock.
    private readonly Lock _freeLock = new();
    private long _freedPages; // _freeLock for writing
    private bool _closed; // _filesLock

    /// <inheritdoc/>
    public int Create(out IBackingStore? created)
    {
        created = null;
        lock (_filesLock)
        {
            if (_spare.TryPop(out TmpfsStore? spare))
            {
                AddIdle(spare.Open!);
                created = spare;
                return 0;
            }

            var store = new TmpfsStore(this, ++_lastNumber);
            int error = OpenLocked(store, Libc.O_CREAT | Libc.O_EXCL);
            if (error == 0)
                created = store;
            return error;
        }
    }

    /// <summary>Somebody has the file open: its number with the kernel must stay the same.</summary>
    internal void Hold(TmpfsStore store)
    {
        lock (_filesLock)
            store.IsHeld = true;
    }

    /// <summary>Nobody has the file open any more.</summary>
    internal void Release(TmpfsStore store)
    {
        lock (_filesLock)
        {
            store.IsHeld = false;
            if (store.Open is null)
                store.Unregister();
        }
    }

    /// <summary>The descriptor of the store, opened if it is not, which stays open until <see cref="Unpin"/>.</summary>
    /// <returns>0, or a negative errno.</returns>
    internal int Pin(TmpfsStore store, out StoreFile? file)
    {
        lock (_filesLock)
        {
            int error = store.Open is null ? OpenLocked(store, 0) : 0;
            file = store.Open;
            if (error == 0 && file!.Pins++ == 0)
                RemoveIdle(file);
            return error;
        }
    }

    internal void Unpin(StoreFile file)
    {
        lock (_filesLock)
        {
            if (--file.Pins == 0)
                AddIdle(file);
        }
    }

    /// <summary>See <see cref="TmpfsStore.HasOtherWriters"/>.</summary>
    internal bool HasOtherWriters(TmpfsStore store)
    {
        lock (_filesLock)
        {
            // Since it was closed nobody can have opened it but through this object.
            if (store.TryGetClosedStat(out _))
                return false;
            if (store.IsHeld || (store.Open is null && OpenLocked(store, 0) < 0))
                return true;
            return !TmpfsStore.IsOnlyOpener(store.Open!.Handle);
        }
    }

    /// <summary>Whether anybody but this process has the file of a store open, which nobody holds.</summary>
    internal bool HasOtherUsers(TmpfsStore store)
    {
        lock (_filesLock)
        {
            store.Unregister(); // the kernel's own opening, which nobody uses
            if (store.TryGetClosedStat(out _))
                return false;
            return (store.Open is null && OpenLocked(store, 0) < 0) || !TmpfsStore.IsOnlyOpener(store.Open!.Handle);
        }
    }

    /// <summary>Size, memory and times of a store that was found closed; opens it when somebody else may have changed it.</summary>
    internal int StatClosed(TmpfsStore store, out StoreStat stat)
    {
        lock (_filesLock)
        {
            if (store.TryGetClosedStat(out stat))
                return 0;
            int error = store.Open is null ? OpenLocked(store, 0) : 0;
            return error < 0 ? error : ShmemFile.Stat(store.Open!.Handle, out stat);
        }
    }

    /// <summary>The number of a store that is held, or a negative errno.</summary>
    internal int Register(TmpfsStore store)
    {
        lock (_filesLock)
        {
            if (store.BackingId == 0)
            {
                int error = store.Open is null ? OpenLocked(store, 0) : 0;
                int id = error < 0 ? error : Registry?.Register(store.Open!.Handle) ?? -Errno.EOPNOTSUPP;
                if (id < 0)
                    return id;
                store.BackingId = id;
            }

            return store.BackingId;
        }
    }

    /// <summary>Whether files can be registered, tried with the one that becomes the first new file.</summary>
    /// <returns>0, or a negative errno.</returns>
    internal int TryRegister()
    {
        int error = Create(out IBackingStore? created);
        if (error != 0)
            return error;
        using var store = (TmpfsStore)created!;
        Hold(store);
        int id = Register(store);
        Release(store);
        return Math.Min(id, 0);
    }

    /// <summary>The file of the store is gone: its memory is freed, its place becomes the next new file or is removed.</summary>
    internal void Retire(TmpfsStore store)
    {
        lock (_filesLock)
        {
            if (_closed)
                return;
            if (store.Open is not null)
                RemoveIdle(store.Open);
        }

        _ = store.Stat(out StoreStat stat);
        if (stat.Pages > CutPages)
            CutDown(store, ref stat);
        lock (_freeLock)
        {
            bool empty = store.Open is StoreFile open && (stat is { Size: 0, Pages: 0 } || ShmemFile.Truncate(open.Handle, 0) == 0);
            lock (_filesLock)
            {
                if (empty && _spare.Count < Math.Min(MaxSpare, _maxIdle))
                {
                    _spare.Push(new TmpfsStore(store));
                }
                else
                {
                    store.Close();
                    _ = Libc.unlinkat(_root, Number((long)store.Number), 0);
                }
            }

            _freedPages += stat.Pages;
        }
    }

    // Gigabytes are freed in parts, as others have memory to free too. Nobody else uses the store any more.
    private void CutDown(TmpfsStore store, ref StoreStat stat)
    {
        const int MaxParts = 1024;
        if (store.Open is not StoreFile open)
            return;
        long part = Math.Max(CutPages << PageSize.Shift, stat.Size / MaxParts);
        for (long size = stat.Size; size > part;)
        {
            lock (_freeLock)
            {
                size -= part;
                long pages = stat.Pages;
                if (ShmemFile.Truncate(open.Handle, size) < 0 || store.Stat(out stat) < 0)
                    return;
                _freedPages += pages - stat.Pages;
            }
        }
    }

    /// <inheritdoc/>
    public long AwaitFrees()
    {
        // The kernel tells of a removed file after unlink has returned: what came before must have its chance.
        long before = Interlocked.Read(ref _freedPages);
        Thread.Sleep(1);
        lock (_freeLock)
            return _freedPages - before;
    }

    // Nobody uses it yet: until it is pinned it may be closed again.
    private int OpenLocked(TmpfsStore store, int flags)
    {
        if (_closed)
            return -Errno.EIO;
        while (true)
        {
            SafeFileHandle file = Libc.openat(_root, Number((long)store.Number), Libc.O_RDWR | Libc.O_CLOEXEC | flags, 0x180);
            if (!file.IsInvalid)
            {
                store.Open = new StoreFile(store, file);
                AddIdle(store.Open);
                return 0;
            }

            // EMFILE would be about the caller's own descriptors.
            int error = Libc.LastError;
            if (error is not (-Errno.EMFILE or -Errno.ENFILE))
                return error;
            if (_oldestIdle is null)
                return -Errno.ENFILE;
            CloseOldestIdle();
        }
    }

    private void AddIdle(StoreFile file)
    {
        Debug.Assert(!file.IsIdle);
        file.IsIdle = true;
        file.Older = _youngestIdle;
        file.Younger = null;
        if (_youngestIdle is null)
            _oldestIdle = file;
        else
            _youngestIdle.Younger = file;
        _youngestIdle = file;
        if (++_idle > _maxIdle)
            CloseOldestIdle();
    }

    private void CloseOldestIdle()
    {
        StoreFile oldest = _oldestIdle!;
        RemoveIdle(oldest);
        oldest.Store.Close();
    }

    private void RemoveIdle(StoreFile file)
    {
        if (!file.IsIdle)
            return;
        file.IsIdle = false;
        _idle--;
        if (file.Older is null)
            _oldestIdle = file.Younger;
        else
            file.Older.Younger = file.Younger;
        if (file.Younger is null)
            _youngestIdle = file.Older;
        else
            file.Younger.Older = file.Older;
        file.Older = file.Younger = null;
    }

    private void CloseAll()
    {
        lock (_filesLock)
        {
            _closed = true;
            for (StoreFile? file = _oldestIdle; file is not null; file = file.Younger)
                file.Store.Close();
            foreach (TmpfsStore store in _spare)
                store.Close();
        }
    }
}
