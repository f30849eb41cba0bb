using System.Collections.Concurrent;

namespace KernelModel;

/// <summary>
/// How much of one kind each user has, and how much he may (linux: struct ucounts). Root and the owner of the mount have a
/// share of their own, which keeps the daemon's memory in bounds and is otherwise no limit. Lock free.
/// </summary>
/// <param name="share">What a user may have.</param>
/// <param name="ownerShare">What root and the owner may have.</param>
public sealed class UserCounts(long share, long ownerShare)
{
    private readonly ConcurrentDictionary<uint, Count> _users = new();

    /// <summary>The owner of the mount; set before the first use.</summary>
    public uint Owner { get; init; }

    /// <summary>What a user has.</summary>
    public long Of(uint uid) => _users.TryGetValue(uid, out Count? count) ? Interlocked.Read(ref count.Used) : 0;

    /// <summary>Whether a user may have so many more.</summary>
    public bool HasRoom(uint uid, long number) => Of(uid) <= ShareOf(uid) - number;

    /// <summary>One more, unless the user has all that he may.</summary>
    public bool TryAdd(uint uid)
    {
        if (Add(uid, 1) <= ShareOf(uid))
            return true;
        Add(uid, -1);
        return false;
    }

    /// <summary>So many more, whatever the share says, or fewer; returns what the user has now.</summary>
    public long Add(uint uid, long number)
    {
        Count count = _users.TryGetValue(uid, out Count? known) ? known : _users.GetOrAdd(uid, static _ => new Count());
        return Interlocked.Add(ref count.Used, number);
    }

    private long ShareOf(uint uid) => uid == 0 || uid == Owner ? ownerShare : share;

    private sealed class Count
    {
        public long Used; // Interlocked
    }
}
