namespace Fuse;

/// <summary>Who asks, and for what. One object per worker, reused for every request: do not keep it.</summary>
public sealed unsafe class FuseRequest
{
    private readonly FuseSession? _session;
    private readonly IReplyPath? _path;
    private readonly InFlightSlot? _slot;
    private fuse_in_header _header;
    private uint* _groups;
    private int _groupCount;

    /// <summary>A request outside of any session, to call a filesystem's methods directly. It cannot be deferred.</summary>
    public FuseRequest(uint uid, uint gid, uint pid)
        => _header = new fuse_in_header { uid = uid, gid = gid, pid = pid, nodeid = FuseProtocol.FUSE_ROOT_ID };

    internal FuseRequest(FuseSession session, IReplyPath path, InFlightSlot slot)
    {
        _session = session;
        _path = path;
        _slot = slot;
    }

    /// <summary>The kernel's name for the request.</summary>
    public ulong Unique => _header.unique;

    /// <summary>What is asked.</summary>
    public FuseOpcode Opcode => _header.opcode;

    /// <summary>The node the request is about.</summary>
    public ulong NodeId => _header.nodeid;

    /// <summary>The caller's fsuid.</summary>
    public uint Uid => _header.uid;

    /// <summary>The caller's fsgid.</summary>
    public uint Gid => _header.gid;

    /// <summary>The caller's thread id as seen in the mount's pid namespace, 0 if it has none there.</summary>
    public uint Pid => _header.pid;

    /// <summary>
    /// Supplementary groups the kernel sent along. Only requests that create have any, only with FUSE_CREATE_SUPP_GROUP, and only
    /// those that matter: the group of the directory if the caller is in it.
    /// </summary>
    public ReadOnlySpan<uint> SupplementaryGroups => new(_groups, _groupCount);

    /// <summary>Whether the caller gave up waiting while the request is being handled.</summary>
    public bool IsInterrupted
        => _slot is not null && (_slot.IsInterrupted || (_session is not null && _session.Pending.WasInterruptedEarly(Unique)));

    /// <summary>The reply that <see cref="Defer"/> made for the current request.</summary>
    internal FusePendingReply? Deferred { get; private set; }

    /// <summary>
    /// Takes the reply out of the worker's hands: the method then returns <see cref="FuseResult.Deferred"/>, and the reply is
    /// completed from any thread. Copy what is needed of the arguments before returning.
    /// </summary>
    public FusePendingReply Defer()
    {
        if (_session is null || _path is null || _slot is null)
            throw new InvalidOperationException("A request outside of a session cannot be deferred.");
        if (Deferred is not null)
            throw new InvalidOperationException("The request is deferred already.");

        Deferred = new FusePendingReply(_session, _path, in _header);
        _session.Pending.Add(Deferred, _slot);
        return Deferred;
    }

    internal void Begin(in fuse_in_header header)
    {
        _header = header;
        _groups = null;
        _groupCount = 0;
        Deferred = null;
    }

    internal void SetGroups(uint* groups, int count)
    {
        _groups = groups;
        _groupCount = count;
    }
}
