namespace KernelModel.Tasks;

/// <summary>Where a task is in its life.</summary>
internal enum TaskState
{
    /// <summary>Alive.</summary>
    Running,

    /// <summary>Ended, its exit code not collected: it has no mm.</summary>
    Zombie,

    /// <summary>Collected: its pid is free.</summary>
    Dead,
}
