using KernelModel;
using KernelModel.Tasks;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>
/// /proc/PID/io of a task of the model, which reads and writes by its mappings alone (linux: fs/proc/base.c, do_io_accounting).
/// </summary>
internal sealed class ModelIoFile(ulong id, string name, uint mode, int pid, Machine machine)
    : ModelTaskFile(id, name, mode, pid, machine)
{
    /// <inheritdoc/>
    protected override int Check(Caller opener, TaskId task, Credentials credentials) => CheckInspect(opener, credentials);

    /// <inheritdoc/>
    protected override ProcOpenFile Open(TaskId task, Caller opener, bool canRead)
        => new ShownFile(
            text =>
            {
                text.Add("rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 0\nwrite_bytes: 0\ncancelled_write_bytes: 0\n");
                return Machine.ReadTask(task, out _);
            },
            static _ => -Errno.EINVAL);
}
