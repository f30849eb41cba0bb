using KernelModel;
using KernelModel.Tasks;
using KernelModel.Vrange;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>/proc/PID/vrange of a task of the model: its volatile ranges, of memory and of the files that it maps (R40 to R42).</summary>
internal sealed class ModelVrangeFile(ulong id, string name, uint mode, int pid, Machine machine)
    : ModelTaskFile(id, name, mode, pid, machine)
{
    /// <inheritdoc/>
    protected override int Check(Caller opener, TaskId task, Credentials credentials) => CheckInspect(opener, credentials);

    /// <inheritdoc/>
    protected override ProcOpenFile Open(TaskId task, Caller opener, bool canRead)
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
