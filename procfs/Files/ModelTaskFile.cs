using KernelModel;
using KernelModel.Tasks;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>A file of a task of the model: opened, it belongs to that very task, and to none that has its number later.</summary>
internal abstract class ModelTaskFile(ulong id, string name, uint mode, int pid, Machine machine) : ProcFile(id, name, mode)
{
    protected Machine Machine => machine;

    /// <inheritdoc/>
    public sealed override int Open(Caller opener, bool canRead, out ProcOpenFile? open)
    {
        open = null;
        if (!machine.TryFind(pid, out TaskId task, out Credentials? credentials))
            return -Errno.ESRCH;
        int error = Check(opener, credentials);
        if (error == 0)
            open = Open(task, canRead);
        return error;
    }

    /// <summary>What the mode does not say: whether somebody may open the file of a task.</summary>
    /// <returns>0 or a negative errno.</returns>
    protected virtual int Check(Caller opener, Credentials task) => 0;

    protected abstract ProcOpenFile Open(TaskId task, bool canRead);
}
