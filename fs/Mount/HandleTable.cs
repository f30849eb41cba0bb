namespace Fs.Mount;

/// <summary>What is open, by the handle that the kernel sends back.</summary>
internal sealed class HandleTable<T>
    where T : class
{
    private readonly Lock _lock = new();
    private readonly Stack<int> _free = new(); // _lock
    private T?[] _opened = new T?[64]; // _lock for writing
    private int _used; // _lock

    public ulong Add(T opened)
    {
        lock (_lock)
        {
            if (!_free.TryPop(out int slot))
            {
                slot = _used++;
                if (slot == _opened.Length)
                {
                    // A new array: readers take no lock.
                    var grown = new T?[_opened.Length * 2];
                    _opened.CopyTo(grown, 0);
                    Volatile.Write(ref _opened, grown);
                }
            }

            Volatile.Write(ref _opened[slot], opened);
            return (ulong)slot;
        }
    }

    public T? Find(ulong handle)
    {
        T?[] all = Volatile.Read(ref _opened);
        return handle < (ulong)all.Length ? Volatile.Read(ref all[handle]) : null;
    }

    public T? Remove(ulong handle)
    {
        lock (_lock)
        {
            if (handle >= (ulong)_opened.Length || _opened[handle] is not T opened)
                return null;
            _opened[handle] = null;
            _free.Push((int)handle);
            return opened;
        }
    }
}
