using KernelModel.Mapping;
using ProcFs.Nodes;
using ProcFs.Parsing;

namespace ProcFs.Files;

/// <summary>
/// /proc/PID/reclaim of a host process (R30-R34). What it maps of the mount's files leaves the host's page cache,
/// written back first; volatile pages are purged. The process's other memory is the host's own.
/// </summary>
internal sealed class TaskReclaimFile(ulong id, string name, uint mode, int pid, IHostTasks tasks, IMountFiles files)
    : ProcFile(id, name, mode)
{
    /// <inheritdoc/>
    public override int Show(ProcText text, Caller caller) => -Errno.EINVAL; // R34

    /// <inheritdoc/>
    public override int Write(ReadOnlySpan<byte> text, Caller caller)
    {
        // Parse errors come before ESRCH (R30).
        int error = ReclaimCommand.Parse(text, out ReclaimCommand command);
        if (error < 0)
            return error;
        if (!tasks.TryReadMappings(pid, out IReadOnlyList<HostMapping> mappings))
            return -Errno.ESRCH;
        if (command.Kind == ReclaimKind.Anon)
            return text.Length;

        foreach (HostMapping mapping in mappings)
        {
            ulong start = Math.Max(mapping.Start, command.Start);
            ulong end = Math.Min(mapping.End, command.End);
            if (start >= end)
                continue;
            ulong first = mapping.FirstPage + ((start - mapping.Start) >> PageSize.Shift);
            ulong last = mapping.FirstPage + ((end - 1 - mapping.Start) >> PageSize.Shift);
            mapping.File.Mapping.PurgeWithin(first, last);
            files.DropHostCache(mapping.File, first, last);
        }

        return text.Length;
    }
}
