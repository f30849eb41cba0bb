using KernelModel;
using KernelModel.Text;
using KernelModel.Views;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>/proc/PID/oom_score_adj of a task of the model (linux: fs/proc/base.c, oom_score_adj_write).</summary>
internal sealed class ModelOomFile(ulong id, string name, uint mode, int pid, Machine machine)
    : ModelTaskFile(id, name, mode, pid, machine)
{
    private const int Most = 1000;

    /// <inheritdoc/>
    protected override ProcOpenFile Open(TaskId task, Caller opener, bool canRead)
        => new ShownFile(text => Show(text, task), text => Write(text, task, opener));

    private int Show(ProcText text, TaskId task)
    {
        int error = Machine.ReadTask(task, out TaskView? view);
        if (view is not null)
            text.Add(view.OomScoreAdjust).EndLine();
        return error;
    }

    private int Write(ReadOnlySpan<byte> text, TaskId task, Caller opener)
    {
        int error = KernelInteger.Parse(ref text, radix: 0, out int value);
        if (error == 0 && value is < -Most or > Most)
            error = -Errno.EINVAL;
        if (error == 0)
            error = Machine.SetOomScoreAdjust(task, value, opener.Has(Caller.CAP_SYS_RESOURCE));
        return error < 0 ? error : text.Length;
    }
}
