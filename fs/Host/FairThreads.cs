namespace Fs.Host;

/// <summary>
/// Threads for work that may wait. They are there before they are needed: where the machine has come to a limit none could be
/// started. They take turns between users, and none of them has all: one whose work waits for ever keeps himself waiting.
/// </summary>
/// <param name="name">What the threads are called.</param>
/// <param name="threads">How many there are.</param>
/// <param name="userShare">Threads that work for one user at a time.</param>
/// <param name="rootShare">The same of root's; it leaves some to the others.</param>
internal sealed class FairThreads(string name, int threads, int userShare, int rootShare)
{
    // Work of one user that waits for a thread.
    private const int MaxWaiting = 1024;

    // Guards the queues.
    private readonly object _lock = new();
    private readonly Dictionary<uint, UserQueue> _users = [];
    private readonly Queue<UserQueue> _ready = [];
    private bool _stopping;

    /// <summary>Starts the threads.</summary>
    public void Start()
    {
        for (int index = 0; index < threads; index++)
            new Thread(Work) { IsBackground = true, Name = $"{name}-{index}" }.Start();
    }

    /// <summary>Ends the threads when nothing is left to do. One that waits for ever goes with the process.</summary>
    public void Stop()
    {
        lock (_lock)
        {
            _stopping = true;
            Monitor.PulseAll(_lock);
        }
    }

    /// <summary>Whether a user has as much waiting as he may.</summary>
    public bool IsFull(uint uid)
    {
        lock (_lock)
            return _users.TryGetValue(uid, out UserQueue? user) && user.Waiting.Count >= MaxWaiting;
    }

    /// <summary>Has something done for a user; it must not throw. May be called under a lock.</summary>
    public void Add(uint uid, Action work)
    {
        lock (_lock)
        {
            if (!_users.TryGetValue(uid, out UserQueue? user))
                _users.Add(uid, user = new UserQueue(uid));
            user.Waiting.Enqueue(work);
            Offer(user);
        }
    }

    // The user comes behind all that are waiting for a thread. _lock is held.
    private void Offer(UserQueue user)
    {
        if (user.IsReady || user.Waiting.Count == 0 || user.Running >= (user.Uid == 0 ? rootShare : userShare))
            return;
        user.IsReady = true;
        _ready.Enqueue(user);
        Monitor.Pulse(_lock);
    }

    private void Work()
    {
        while (TryTake(out UserQueue? user, out Action? work))
        {
            work!();
            lock (_lock)
            {
                user!.Running--;
                Offer(user);
                if (user.Running == 0 && user.Waiting.Count == 0)
                    _users.Remove(user.Uid);
            }
        }
    }

    private bool TryTake(out UserQueue? user, out Action? work)
    {
        lock (_lock)
        {
            while (!_ready.TryDequeue(out user))
            {
                if (_stopping)
                {
                    work = null;
                    return false;
                }

                Monitor.Wait(_lock);
            }

            user.IsReady = false;
            user.Running++;
            work = user.Waiting.Dequeue();
            Offer(user);
            return true;
        }
    }

    /// <summary>What one user waits for. Guarded by the lock of the queues.</summary>
    private sealed class UserQueue(uint uid)
    {
        public uint Uid => uid;

        public Queue<Action> Waiting { get; } = [];

        /// <summary>Threads that work for him.</summary>
        public int Running { get; set; }

        /// <summary>Whether he stands in the queue of users.</summary>
        public bool IsReady { get; set; }
    }
}
