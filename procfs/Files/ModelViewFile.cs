using KernelModel;
using KernelModel.Views;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>Renders a task for one who may look into it, or may not.</summary>
internal delegate void ShowTask(ProcText text, TaskView task, bool mayInspect);

/// <summary>A file that shows a task of the model as it is at one moment, such as status and stat.</summary>
internal sealed class ModelViewFile(ulong id, string name, uint mode, int pid, Machine machine, ShowTask show)
    : ModelTaskFile(id, name, mode, pid, machine)
{
    /// <inheritdoc/>
    protected override ProcOpenFile Open(TaskId task, Caller opener, bool canRead)
        => new ShownFile(text => Show(text, task, opener), static _ => -Errno.EINVAL);

    private int Show(ProcText text, TaskId task, Caller opener)
    {
        int error = Machine.ReadTask(task, out TaskView? view);
        if (view is not null)
            show(text, view, opener.MayInspect(view.Credentials));
        return error;
    }
}
