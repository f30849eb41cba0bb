namespace ProcFs;

/// <summary>Who is asking: what a request says of its sender, with the groups that the host adds.</summary>
/// <param name="Uid">fsuid.</param>
/// <param name="Gid">fsgid.</param>
/// <param name="Groups">Supplementary groups; empty when they cannot be read (R14).</param>
/// <param name="ThreadId">The thread, in the pid namespace of the daemon; 0 when it is not visible there.</param>
public sealed record Caller(uint Uid, uint Gid, IReadOnlyList<uint> Groups, int ThreadId)
{
    /// <summary>Whether the caller's group or one of its further groups is the given one.</summary>
    public bool IsInGroup(uint gid) => Gid == gid || Groups.Contains(gid);
}
