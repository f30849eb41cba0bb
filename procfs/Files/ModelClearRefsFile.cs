using KernelModel;
using KernelModel.Mm;
using KernelModel.Text;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>/proc/PID/clear_refs of a task of the model (linux: fs/proc/task_mmu.c, clear_refs_write).</summary>
internal sealed class ModelClearRefsFile(ulong id, string name, uint mode, int pid, Machine machine)
    : ModelTaskFile(id, name, mode, pid, machine)
{
    /// <inheritdoc/>
    protected override ProcOpenFile Open(TaskId task, Caller opener, bool canRead)
        => new ShownFile(static _ => -Errno.EINVAL, text => Write(text, task));

    private int Write(ReadOnlySpan<byte> text, TaskId task)
    {
        int error = KernelInteger.Parse(ref text, radix: 10, out int kind);
        if (error == 0 && kind is < (int)ReferenceKind.All or > (int)ReferenceKind.PeakRss)
            error = -Errno.EINVAL;
        if (error == 0)
            error = Machine.ClearReferences(task, (ReferenceKind)kind);
        return error < 0 ? error : text.Length;
    }
}
