using KernelModel.Tasks;

namespace KernelModel.Tests.Product;

/// <summary>What the oracle knows of a task, page by page, and what it saw last.</summary>
internal sealed class TaskView(TaskStruct task, int pages)
{
    public TaskStruct Task => task;

    public Cell[] Cells { get; } = new Cell[pages];

    /// <summary>Before the call under way.</summary>
    public Cell[] Before { get; } = new Cell[pages];

    /// <summary>After the last call.</summary>
    public Observation[] Seen { get; } = new Observation[pages];

    public Observation[] SeenBefore { get; } = new Observation[pages];

    /// <summary>What the call under way took back: a purge inside of it has to be in its answer.</summary>
    public bool[] TakenBack { get; } = new bool[pages];
}
