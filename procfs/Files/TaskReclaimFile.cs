using KernelModel.Mapping;
using KernelModel.Reclaim;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>
/// /proc/PID/reclaim of a host process (R30-R34). What it maps of the mount's files leaves the host's page cache,
/// written back first; volatile pages are purged where it could have done so itself (R33a). Its other memory is the host's own.
/// </summary>
internal sealed class TaskReclaimFile(ulong id, string name, uint mode, int pid, IHostTasks tasks, IMountFiles files)
    : ProcFile(id, name, mode)
{
    /// <inheritdoc/>
    public override int Open(Caller opener, bool canRead, out ProcOpenFile? open)
    {
        // The kernel has asked the process that had the number when it asked.
        open = null;
        int error = tasks.Open(pid, opener, TaskAccess.Reclaim, out IHostTask? task);
        if (error == 0)
            open = new ShownFile(static _ => -Errno.EINVAL, text => Write(text, task!)); // R34
        return error;
    }

    private int Write(ReadOnlySpan<byte> text, IHostTask task)
    {
        // Parse errors come before ESRCH (R30).
        int error = ReclaimRequest.Parse(text, out ReclaimRequest request);
        if (error < 0)
            return error;
        error = task.ReadMappings(out IReadOnlyList<HostMapping> mappings);
        if (error < 0)
            return error;
        if (request.File)
            Reclaim(request, mappings);
        return text.Length;
    }

    private void Reclaim(in ReclaimRequest request, IReadOnlyList<HostMapping> mappings)
    {
        foreach (HostMapping mapping in mappings)
        {
            ulong start = Math.Max(mapping.Start, request.Start);
            ulong end = Math.Min(mapping.End, request.End);
            if (start >= end)
                continue;
            ulong first = mapping.FirstPage + ((start - mapping.Start) >> PageSize.Shift);
            ulong last = mapping.FirstPage + ((end - 1 - mapping.Start) >> PageSize.Shift);
            if (mapping.MayPurge)
                mapping.File.Mapping.PurgeWithin(first, last);
            files.DropHostCache(mapping.File, first, last);
        }
    }
}
