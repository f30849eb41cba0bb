using KernelModel;
using KernelModel.Tasks;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>/proc/PID/reclaim of a task of the model (R30 to R34). Its mode says who may.</summary>
internal sealed class ModelReclaimFile(ulong id, string name, uint mode, int pid, Machine machine) : ProcFile(id, name, mode)
{
    /// <inheritdoc/>
    public override int Open(Caller opener, bool canRead, out ProcOpenFile? open)
    {
        bool found = machine.TryFind(pid, out TaskId task, out Credentials? _);
        open = found ? new ShownFile(static _ => -Errno.EINVAL, text => machine.Reclaim(task, text)) : null;
        return found ? 0 : -Errno.ESRCH;
    }
}
