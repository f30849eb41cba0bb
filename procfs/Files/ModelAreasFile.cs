using KernelModel;
using KernelModel.Tasks;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>
/// /proc/PID/maps and smaps of a task of the model. A task without memory has nothing to hide: anybody opens an empty file
/// (fs/proc/task_mmu.c: proc_maps_open).
/// </summary>
internal sealed class ModelAreasFile(ulong id, string name, uint mode, int pid, Machine machine, bool withUsage)
    : ModelTaskFile(id, name, mode, pid, machine)
{
    /// <inheritdoc/>
    protected override int Check(Caller opener, TaskId task, Credentials credentials)
        => Machine.HasMemory(task) ? CheckInspect(opener, credentials) : 0;

    /// <inheritdoc/>
    protected override ProcOpenFile Open(TaskId task, Caller opener, bool canRead) => new AreaStream(Machine, task, withUsage);
}
