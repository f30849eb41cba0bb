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
        int error = Check(opener, task, credentials);
        if (error == 0)
            open = Open(task, opener, canRead);
        return error;
    }

    /// <summary>What the mode does not say: whether somebody may open the file of a task.</summary>
    /// <returns>0 or a negative errno.</returns>
    protected virtual int Check(Caller opener, TaskId task, Credentials credentials) => 0;

    /// <summary>Opens it for who may.</summary>
    protected abstract ProcOpenFile Open(TaskId task, Caller opener, bool canRead);

    /// <summary>A check of files that need the right to look into a task.</summary>
    protected static int CheckInspect(Caller opener, Credentials credentials)
        => opener.MayInspect(credentials) ? 0 : -Errno.EACCES;

    /// <summary>A check of files that are of a task's memory (fs/proc/base.c: proc_mem_open).</summary>
    protected int CheckMemory(Caller opener, TaskId task, Credentials credentials)
        => machine.HasMemory(task) ? CheckInspect(opener, credentials) : -Errno.ESRCH;
}
