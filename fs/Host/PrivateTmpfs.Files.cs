using System.Diagnostics;
using Fuse;
using KernelModel.Mapping;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>The files of the tmpfs: which are open, and which are empty and ready to be the next new file.</summary>
internal sealed partial class PrivateTmpfs
{
    // Recently used files stay open, so that opening one again costs no system call; of the descriptors that the process
    // may have only a part.
    private const int MaxIdleOpen = 2048;
    private const ulong IdleShare = 4;
    private const int MaxSpare = 64;

    // Guards the lists and the open files of all stores.
    private readonly Lock _filesLock = new();
    private readonly Stack<TmpfsStore> _spare = new();
    private StoreFile? _oldestIdle;
    private StoreFile? _youngestIdle;
    private readonly int _maxIdle = Libc.getrlimit(Libc.RLIMIT_NOFILE, out Libc.Rlimit limit) < 0
        ? 0
        : (int)Math.Min(MaxIdleOpen, limit.rlim_cur / IdleShare);
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
                AddIdle(spare.Open!);
                return spare;
            }

            var store = new TmpfsStore(this, ++_lastNumber);
            if (OpenLocked(store, Libc.O_CREAT | Libc.O_EXCL) < 0)
                return null;
            AddIdle(store.Open!);
            return store;
        }
    }

    /// <summary>One user more; opens the file if it is not open.</summary>
    internal int Acquire(TmpfsStore store)
    {
        lock (_filesLock)
        {
            if (store.Open is null && OpenLocked(store, 0) is int error and < 0)
                return error;
            if (store.Open!.Users++ == 0)
                RemoveIdle(store.Open);
            return 0;
        }
    }

    /// <summary>Whether the file of the store is not open.</summary>
    internal bool IsClosed(TmpfsStore store)
    {
        lock (_filesLock)
            return store.Open is null;
    }

    /// <summary>The number of an acquired store with the kernel, or a negative errno.</summary>
    internal int Register(TmpfsStore store)
    {
        lock (_filesLock)
        {
            StoreFile open = store.Open!;
            if (open.BackingId == 0)
            {
                int id = Registry?.Register(open.Handle) ?? -Errno.EOPNOTSUPP;
                if (id < 0)
                    return id;
                open.BackingId = id;
            }

            return open.BackingId;
        }
    }

    internal void Release(TmpfsStore store)
    {
        lock (_filesLock)
        {
            if (--store.Open!.Users == 0)
                AddIdle(store.Open);
        }
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

        lock (_freeLock)
        {
            _ = store.Stat(out StoreStat stat);
            bool empty = store.Open is StoreFile open && (stat.Size == 0 || ShmemFile.Truncate(open.Handle, 0) == 0);
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
        while (true)
        {
            SafeFileHandle file = Libc.openat(_root, Number((long)store.Number), Libc.O_RDWR | Libc.O_CLOEXEC | flags, 0x180);
            if (!file.IsInvalid)
            {
                store.Open = new StoreFile(store, file);
                return 0;
            }

            if (Libc.LastError is int error && (error is not (-Errno.EMFILE or -Errno.ENFILE) || _oldestIdle is null))
                return error;
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
