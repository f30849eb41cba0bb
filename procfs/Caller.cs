namespace ProcFs;

/// <summary>Who is asking: what a request says of its sender, with the groups that the host adds.</summary>
/// <param name="Uid">fsuid.</param>
/// <param name="Gid">fsgid.</param>
/// <param name="Groups">Supplementary groups; empty when they cannot be read (R14).</param>
/// <param name="ThreadId">The thread, in the pid namespace of the daemon; 0 when it is not visible there.</param>
/// <param name="ProcessId">Its process, 0 when it is not visible.</param>
/// <param name="Capabilities">CapEff, none when it cannot be read.</param>
public sealed record Caller(uint Uid, uint Gid, IReadOnlyList<uint> Groups, int ThreadId, int ProcessId, ulong Capabilities)
{
    /// <summary>CAP_DAC_OVERRIDE.</summary>
    public const int CAP_DAC_OVERRIDE = 1;

    /// <summary>CAP_DAC_READ_SEARCH.</summary>
    public const int CAP_DAC_READ_SEARCH = 2;

    /// <summary>CAP_FSETID.</summary>
    public const int CAP_FSETID = 4;

    /// <summary>CAP_SYS_PTRACE.</summary>
    public const int CAP_SYS_PTRACE = 19;

    /// <summary>
    /// Whether a capability counts here: one in a user namespace of its own has another uid on the wire, and none here.
    /// </summary>
    public bool Has(int capability) => Uid == 0 && (Capabilities & (1UL << capability)) != 0;

    /// <summary>Whether the caller's group or one of its further groups is the given one.</summary>
    public bool IsInGroup(uint gid) => Gid == gid || Groups.Contains(gid);
}
