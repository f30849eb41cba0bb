using System.Diagnostics;
using Fuse;
using KernelModel.Mapping;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>The files of the tmpfs: which are open, and which are empty and ready to be the next new file.</summary>
internal sealed partial class PrivateTmpfs
{
    // Recently used files stay open, so that opening one again costs no system call.
    private const int MaxIdleOpen = 2048;
    private const int MaxSpare = 64;

    // Guards the lists and, of every store, its links, its descriptor and its users.
    private readonly Lock _filesLock = new();
    private readonly Stack<TmpfsStore> _spare = new();
    private TmpfsStore? _oldestIdle;
    private TmpfsStore? _youngestIdle;
    private int _idle;
    private ulong _lastNumber;

    // Held while memory of removed files is being freed; comes before _filesLock.
    private readonly Lock _freeLock = new();
    private long _freedPages;
    private bool _closed;

    /// <inheritdoc/>
    public IBackingStore? Create()
    {
        lock (_filesLock)
        {
            if (_spare.TryPop(out TmpfsStore? spare))
            {
                AddIdle(spare);
                return spare;
            }

            var store = new TmpfsStore(this, ++_lastNumber);
            if (OpenLocked(store, Libc.O_CREAT | Libc.O_EXCL) < 0)
                return null;
            AddIdle(store);
            return store;
        }
    }

    /// <summary>One user more; opens the file if it is not open.</summary>
    internal int Acquire(TmpfsStore store)
    {
        lock (_filesLock)
        {
            if (store.File is null && OpenLocked(store, 0) is int error and < 0)
                return error;
            if (store.Users++ == 0)
                RemoveIdle(store);
            return 0;
        }
    }

    /// <summary>The number of an acquired store with the kernel, or a negative errno.</summary>
    internal int Register(TmpfsStore store)
    {
        lock (_filesLock)
        {
            if (store.BackingId == 0)
            {
                int id = Registry?.Register(store.File!) ?? -Errno.EOPNOTSUPP;
                if (id < 0)
                    return id;
                store.BackingId = id;
            }

            return store.BackingId;
        }
    }

    internal void Release(TmpfsStore store)
    {
        lock (_filesLock)
        {
            if (--store.Users == 0)
                AddIdle(store);
        }
    }

    /// <summary>The file of the store is gone: its memory is freed, its place becomes the next new file or is removed.</summary>
    internal void Retire(TmpfsStore store)
    {
        lock (_filesLock)
        {
            if (_closed)
                return;
            RemoveIdle(store);
        }

        lock (_freeLock)
        {
            _ = store.Stat(out StoreStat stat);
            bool empty = store.File is not null && (stat.Size == 0 || ShmemFile.Truncate(store.File, 0) == 0);
            lock (_filesLock)
            {
                if (empty && _spare.Count < MaxSpare)
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

    /// <inheritdoc/>
    public long AwaitFrees()
    {
        // The kernel tells of a removed file after unlink has returned: what came before must have its chance.
        long before = Interlocked.Read(ref _freedPages);
        Thread.Sleep(1);
        lock (_freeLock)
            return _freedPages - before;
    }

    private int OpenLocked(TmpfsStore store, int flags)
    {
        if (_closed)
            return -Errno.EIO;
        SafeFileHandle file = Libc.openat(_root, Number((long)store.Number), Libc.O_RDWR | Libc.O_CLOEXEC | flags, 0x180);
        if (file.IsInvalid)
            return Libc.LastError;
        store.File = file;
        return 0;
    }

    private void AddIdle(TmpfsStore store)
    {
        Debug.Assert(!store.IsIdle);
        store.IsIdle = true;
        store.Older = _youngestIdle;
        store.Younger = null;
        if (_youngestIdle is null)
            _oldestIdle = store;
        else
            _youngestIdle.Younger = store;
        _youngestIdle = store;
        if (++_idle > MaxIdleOpen)
        {
            TmpfsStore oldest = _oldestIdle!;
            RemoveIdle(oldest);
            oldest.Close();
        }
    }

    private void RemoveIdle(TmpfsStore store)
    {
        if (!store.IsIdle)
            return;
        store.IsIdle = false;
        _idle--;
        if (store.Older is null)
            _oldestIdle = store.Younger;
        else
            store.Older.Younger = store.Younger;
        if (store.Younger is null)
            _youngestIdle = store.Older;
        else
            store.Younger.Older = store.Older;
        store.Older = store.Younger = null;
    }

    private void CloseAll()
    {
        lock (_filesLock)
        {
            _closed = true;
            for (TmpfsStore? store = _oldestIdle; store is not null; store = store.Younger)
                store.Close();
            foreach (TmpfsStore store in _spare)
                store.Close();
        }
    }
}
