namespace KernelModel;

/// <summary>Names a task for good: a pid that came back is another task.</summary>
/// <param name="Pid">Its pid.</param>
/// <param name="Birth">How many tasks the machine had made before it.</param>
public readonly record struct TaskId(int Pid, long Birth);
