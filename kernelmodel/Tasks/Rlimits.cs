namespace KernelModel.Tasks;

/// <summary>The resource limits that a task is held to, in bytes but for tasks; <see cref="Infinity"/> is none.</summary>
/// <param name="MemLock">RLIMIT_MEMLOCK, soft.</param>
/// <param name="AddressSpace">RLIMIT_AS, soft.</param>
/// <param name="Data">RLIMIT_DATA, soft.</param>
/// <param name="Stack">RLIMIT_STACK, soft.</param>
public sealed record Rlimits(ulong MemLock, ulong AddressSpace, ulong Data, ulong Stack)
{
    /// <summary>RLIMIT_NPROC, soft: tasks and zombies of its user that the machine may have.</summary>
    public ulong Tasks { get; init; } = Infinity;

    /// <summary>RLIM_INFINITY.</summary>
    public const ulong Infinity = ulong.MaxValue;

    /// <summary>What a task starts with: 8 MiB locked, 8 MiB of stack, the rest without limit.</summary>
    public static Rlimits Default { get; } = new(8 << 20, Infinity, Infinity, 8 << 20);
}
