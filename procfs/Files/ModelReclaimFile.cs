using KernelModel;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>/proc/PID/reclaim of a task of the model (R30 to R34).</summary>
internal sealed class ModelReclaimFile(ulong id, string name, uint mode, int pid, Machine machine)
    : ModelTaskFile(id, name, mode, pid, machine)
{
    /// <inheritdoc/>
    protected override ProcOpenFile Open(TaskId task, bool canRead)
        => new ShownFile(static _ => -Errno.EINVAL, text => Machine.Reclaim(task, text));
}
