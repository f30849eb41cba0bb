using KernelModel.Tasks;

namespace ProcFs;

/// <summary>
/// Who asks, with the rights he has at that moment. An open file keeps the one who opened it: what may be done through it is
/// decided by his rights, whoever reads or writes (linux: f_cred).
/// </summary>
/// <param name="Uid">fsuid.</param>
/// <param name="Gid">fsgid.</param>
/// <param name="Groups">Supplementary groups; empty when they cannot be read (R14).</param>
/// <param name="ThreadId">The thread, in the pid namespace of the daemon; 0 when it is not visible there.</param>
/// <param name="ProcessId">Its process, 0 when it is not visible.</param>
/// <param name="Capabilities">
/// CapEff; none when it cannot be read, and none of a task in another user namespace than the daemon's: it has them over what
/// that namespace owns, which the mount is not.
/// </param>
public sealed record Caller(uint Uid, uint Gid, IReadOnlyList<uint> Groups, int ThreadId, int ProcessId, ulong Capabilities)
{
    /// <summary>CAP_DAC_OVERRIDE.</summary>
    public const int CAP_DAC_OVERRIDE = 1;

    /// <summary>CAP_DAC_READ_SEARCH.</summary>
    public const int CAP_DAC_READ_SEARCH = 2;

    /// <summary>CAP_FSETID.</summary>
    public const int CAP_FSETID = 4;

    /// <summary>CAP_KILL.</summary>
    public const int CAP_KILL = 5;

    /// <summary>CAP_SYS_PTRACE.</summary>
    public const int CAP_SYS_PTRACE = 19;

    /// <summary>CAP_SYS_ADMIN.</summary>
    public const int CAP_SYS_ADMIN = 21;

    /// <summary>CAP_SYS_RESOURCE.</summary>
    public const int CAP_SYS_RESOURCE = 24;

    /// <summary>
    /// Whether he is in another user namespace than the daemon, or cannot be seen: to the processes outside of that he is nobody,
    /// whatever his ids (security/commoncap.c: cap_ptrace_access_check).
    /// </summary>
    public bool IsForeign { get; init; }

    /// <summary>Whether he has a capability here.</summary>
    public bool Has(int capability) => (Capabilities & (1UL << capability)) != 0;

    /// <summary>
    /// The ptrace-read check of the files that show the memory of a task of the model (kernel/ptrace.c: __ptrace_may_access).
    /// </summary>
    public bool MayInspect(Credentials task)
    {
        bool isSame = Uid == task.Uid && Gid == task.Gid && !IsForeign && (task.EffectiveCapabilities & ~Capabilities) == 0;
        return isSame || Has(CAP_SYS_PTRACE);
    }

    /// <summary>Whether the caller's group or one of its further groups is the given one.</summary>
    public bool IsInGroup(uint gid) => Gid == gid || Groups.Contains(gid);
}
