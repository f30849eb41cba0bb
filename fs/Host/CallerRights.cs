using ProcFs;

namespace Fs.Host;

/// <summary>
/// Lets a thread act with the rights of somebody else: then the kernel judges what he may do, and nothing here has to repeat its
/// rules. The real and the saved ids stay the daemon's, so that he can neither signal nor trace the thread meanwhile.
/// </summary>
internal sealed class CallerRights
{
    // (uid_t)-2, which nobody has.
    private const uint Nobody = uint.MaxValue - 1;

    private readonly uint _uid = Libc.geteuid();
    private readonly uint _gid = Libc.getegid();
    private readonly uint[] _groups = Groups();
    private readonly Libc.CapabilitySets _capabilities;

    public CallerRights() => _ = Libc.GetThreadCapabilities(out _capabilities);

    /// <summary>Does something as somebody. The thread is its own again afterwards, or the process ends.</summary>
    /// <param name="caller">Who; null is the daemon itself.</param>
    /// <param name="work">What, returning 0 or more, or a negative errno.</param>
    /// <returns>What the work returns; -EACCES where the daemon cannot act as him and is not he.</returns>
    public int Act(Caller? caller, Func<int> work)
    {
        if (caller is null)
            return work();
        if (caller.IsForeign)
            caller = new Caller(Nobody, Nobody, [], 0, 0, 0);
        if (caller.Uid == _uid && (_capabilities.Effective & ~caller.Capabilities) == 0)
            return work();

        // Ids before capabilities: they go when the effective uid is root's no more (capabilities(7)).
        if (Libc.SetThreadGroups([.. caller.Groups]) < 0)
            return -Errno.EACCES;
        try
        {
            Libc.CapabilitySets capabilities = _capabilities;
            capabilities.Effective &= caller.Capabilities;
            bool isTaken = Libc.SetThreadGid(caller.Gid) == 0
                && Libc.SetThreadUid(caller.Uid) == 0
                && Libc.SetThreadCapabilities(capabilities) == 0;
            return isTaken ? work() : -Errno.EACCES;
        }
        finally
        {
            Return();
        }
    }

    private void Return()
    {
        bool isReturned = Libc.SetThreadUid(_uid) == 0
            && Libc.SetThreadCapabilities(_capabilities) == 0
            && Libc.SetThreadGid(_gid) == 0
            && Libc.SetThreadGroups(_groups) == 0;
        if (!isReturned)
            Environment.FailFast("A thread of the daemon cannot take its own rights back.");
    }

    private static unsafe uint[] Groups()
    {
        uint[] groups = new uint[Math.Max(0, Libc.getgroups(0, null))];
        fixed (uint* first = groups)
            return groups[..Math.Max(0, Libc.getgroups(groups.Length, first))];
    }
}
