using KernelModel;
using KernelModel.Tasks;
using KernelModel.Vrange;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>/proc/PID/vrange of a task of the model: its volatile ranges, of memory and of the files that it maps (R40 to R42).</summary>
internal sealed class ModelVrangeFile(ulong id, string name, uint mode, int pid, Machine machine) : ProcFile(id, name, mode)
{
    /// <inheritdoc/>
    public override int Open(Caller opener, bool canRead, out ProcOpenFile? open)
    {
        open = null;
        if (!machine.TryFind(pid, out TaskId task, out Credentials? credentials))
            return -Errno.ESRCH;

        // kernel/ptrace.c: __ptrace_may_access
        bool isSame = opener.Uid == credentials.Uid && opener.Gid == credentials.Gid
            && (credentials.EffectiveCapabilities & ~opener.Capabilities) == 0;
        if (!isSame && !opener.Has(Caller.CAP_SYS_PTRACE))
            return -Errno.EACCES;
        open = new ShownFile(text => Show(text, task), static _ => -Errno.EIO);
        return 0;
    }

    private int Show(ProcText text, TaskId task)
    {
        List<VrangeLine> lines = [];
        int error = machine.ListRanges(task, lines);
        foreach (VrangeLine line in lines)
            text.Add(line.ToString()).EndLine();
        return error;
    }
}
