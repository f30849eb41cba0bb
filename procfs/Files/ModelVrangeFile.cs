using KernelModel;
using KernelModel.Tasks;
using KernelModel.Vrange;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>/proc/PID/vrange of a task of the model: its volatile ranges, of memory and of the files that it maps (R40 to R42).</summary>
internal sealed class ModelVrangeFile(ulong id, string name, uint mode, int pid, Machine machine)
    : ModelTaskFile(id, name, mode, pid, machine)
{
    // kernel/ptrace.c: __ptrace_may_access
    protected override int Check(Caller opener, Credentials task)
    {
        bool isSame = opener.Uid == task.Uid && opener.Gid == task.Gid && (task.EffectiveCapabilities & ~opener.Capabilities) == 0;
        return isSame || opener.Has(Caller.CAP_SYS_PTRACE) ? 0 : -Errno.EACCES;
    }

    /// <inheritdoc/>
    protected override ProcOpenFile Open(TaskId task, bool canRead)
        => new ShownFile(text => Show(text, task), static _ => -Errno.EIO);

    private int Show(ProcText text, TaskId task)
    {
        List<VrangeLine> lines = [];
        int error = Machine.ListRanges(task, lines);
        foreach (VrangeLine line in lines)
            text.Add(line.ToString()).EndLine();
        return error;
    }
}
