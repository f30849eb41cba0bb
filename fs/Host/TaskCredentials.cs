using ProcFs;

namespace Fs.Host;

/// <summary>Who a process is, for those who want something of it, and for what it could do itself.</summary>
/// <param name="status">Its ids and capabilities.</param>
/// <param name="owner">Owner of /proc/PID: root's when the process is not dumpable.</param>
/// <param name="sharesNamespace">Whether it is in the user namespace of the daemon, where alone its capabilities count here.</param>
internal sealed class TaskCredentials(ProcStatus status, uint owner, bool sharesNamespace)
{
    /// <summary>Real uid.</summary>
    public uint RealUid => status.RealUid;

    /// <summary>Whether nothing has changed.</summary>
    public bool IsSameAs(TaskCredentials other) => owner == other.Owner && sharesNamespace == other.SharesNamespace && status.IsSameUserAs(other.Status);

    /// <summary>Whether somebody may have what he wants of it.</summary>
    public bool Permits(Caller opener, TaskAccess access) => access switch
    {
        TaskAccess.Reclaim => opener.Uid == owner || opener.Has(Caller.CAP_DAC_OVERRIDE),
        _ => opener.Has(Caller.CAP_SYS_PTRACE) || IsAsWeakAs(opener),
    };

    /// <summary>The process as one who asks, with the rights it has.</summary>
    public Caller AsCaller(int pid)
        => new(status.FsUid, status.FsGid, status.Groups, pid, pid, sharesNamespace ? status.Effective : 0);

    private uint Owner => owner;

    private bool SharesNamespace => sharesNamespace;

    private ProcStatus Status => status;

    // kernel/ptrace.c: __ptrace_may_access with PTRACE_MODE_READ_FSCREDS; security/commoncap.c: cap_ptrace_access_check.
    private bool IsAsWeakAs(Caller opener)
        => sharesNamespace
            && !opener.IsForeign
            && owner == opener.Uid
            && status.Uids.AsSpan(0, 3).IndexOfAnyExcept(opener.Uid) < 0
            && status.Gids.AsSpan(0, 3).IndexOfAnyExcept(opener.Gid) < 0
            && (status.Permitted & ~opener.Capabilities) == 0;
}
