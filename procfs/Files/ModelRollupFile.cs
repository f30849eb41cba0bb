using KernelModel;
using KernelModel.Mm;
using KernelModel.Tasks;
using KernelModel.Views;
using ProcFs.Nodes;
using ProcFs.Text;

namespace ProcFs.Files;

/// <summary>/proc/PID/smaps_rollup of a task of the model.</summary>
internal sealed class ModelRollupFile(ulong id, string name, uint mode, int pid, Machine machine)
    : ModelTaskFile(id, name, mode, pid, machine)
{
    /// <inheritdoc/>
    protected override int Check(Caller opener, TaskId task, Credentials credentials) => CheckMemory(opener, task, credentials);

    /// <inheritdoc/>
    protected override ProcOpenFile Open(TaskId task, Caller opener, bool canRead)
        => new ShownFile(text => Show(text, task), static _ => -Errno.EINVAL);

    private int Show(ProcText text, TaskId task)
    {
        if (!Machine.HasMemory(task))
            return -Errno.ESRCH;
        List<AreaView> areas = [];
        VmaUsage sum = default;
        ulong? start = null;
        ulong end = 0;
        int count;
        while ((count = Machine.ReadAreas(task, withUsage: true, ref end, areas)) > 0)
        {
            start ??= areas[0].Start;
            foreach (AreaView area in areas)
                sum.Add(area.Usage);
            areas.Clear();
        }

        if (count == 0)
            text.AddRollup(start ?? 0, end, sum);
        return count;
    }
}
