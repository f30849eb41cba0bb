using KernelModel.Mm;

namespace KernelModel.Tasks;

/// <summary>
/// The accesses of a task that wait for a page, and who is told of them (linux: struct userfaultfd_ctx with its fault_pending_wqh
/// and fault_wqh).
/// </summary>
internal sealed class FaultQueue
{
    // The gate guards all of it.
    private readonly SortedSet<FaultWait> _unread = new(Comparer<FaultWait>.Create((a, b) => a.Arrival.CompareTo(b.Arrival)));
    private readonly HashSet<FaultWait> _read = [];
    private readonly List<FaultReader> _readers = [];
    private long _arrivals;
    private volatile int _readerCount; // read without
    private bool _ended;

    /// <summary>Inside the model's lock. What is woken under it takes leaves only.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Whether anybody is told. Accesses that wait there are only then.</summary>
    public bool HasReaders => _readerCount > 0;

    public bool HasUnread
    {
        get
        {
            lock (Gate)
                return _unread.Count > 0;
        }
    }

    public bool IsEnded
    {
        get
        {
            lock (Gate)
                return _ended;
        }
    }

    /// <summary>The queue of a task that is gone.</summary>
    public static FaultQueue Ended() => new() { _ended = true };

    public bool TryAdd(FaultWait wait, IFaultWaiter waiter)
    {
        lock (Gate)
        {
            if (_readers.Count == 0 || _ended || wait.IsOver)
                return false;
            wait.Waiter = waiter;
            wait.Arrival = _arrivals++;
            _unread.Add(wait);
            Tell();
            return true;
        }
    }

    public void Remove(FaultWait wait)
    {
        lock (Gate)
        {
            wait.IsOver = true;
            if (!_read.Remove(wait))
                _unread.Remove(wait);
        }
    }

    public FaultReader Open(Action ready)
    {
        var reader = new FaultReader(this, ready);
        lock (Gate)
        {
            _readers.Add(reader);
            _readerCount = _readers.Count;
        }

        return reader;
    }

    public void Remove(FaultReader reader)
    {
        lock (Gate)
        {
            if (!_readers.Remove(reader))
                return;
            _readerCount = _readers.Count;
            if (_readers.Count == 0)
            {
                WakeAll();
                return;
            }

            // In the order in which they came, before those that came later.
            _unread.UnionWith(_read.Where(wait => wait.Reader == reader));
            _read.ExceptWith(_unread);
            Tell();
        }
    }

    public bool TryTake(FaultReader reader, out UserFault fault)
    {
        lock (Gate)
        {
            FaultWait? first = _unread.Min;
            fault = first?.Fault ?? default;
            if (first is null)
                return false;
            _unread.Remove(first);
            first.Reader = reader;
            _read.Add(first);
            return true;
        }
    }

    /// <summary>
    /// Wakes who need wait no more after a call of the task: one look at a page table for each that waits, and nobody runs for
    /// nothing. The model's lock is held.
    /// </summary>
    public void WakeResolved(TaskStruct task)
    {
        if (!HasReaders)
            return;
        lock (Gate)
        {
            if (_unread.Count + _read.Count == 0)
                return;
            bool IsResolved(FaultWait wait)
            {
                if (task.IsUserFault(wait.Fault))
                    return false;
                wait.Waiter!.Wake();
                return true;
            }

            _unread.RemoveWhere(IsResolved);
            _read.RemoveWhere(IsResolved);
        }
    }

    /// <summary>The task has exited.</summary>
    public void End()
    {
        lock (Gate)
        {
            _ended = true;
            WakeAll();
            foreach (FaultReader reader in _readers)
                reader.Ready();
        }
    }

    // All readers: one that waits takes it, and the others see whether there is more.
    private void Tell()
    {
        foreach (FaultReader reader in _readers)
        {
            if (_unread.Count == 0)
                break;
            reader.Ready();
        }
    }

    private void WakeAll()
    {
        foreach (FaultWait wait in _unread.Concat(_read))
            wait.Waiter!.Wake();
        _unread.Clear();
        _read.Clear();
    }
}
