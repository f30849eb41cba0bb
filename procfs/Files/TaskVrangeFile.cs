using KernelModel.Mapping;
using KernelModel.Vrange;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>/proc/PID/vrange of a host process: the ranges of the mount's files that it maps (R40-R42).</summary>
internal sealed class TaskVrangeFile(ulong id, string name, uint mode, int pid, IHostTasks tasks) : ProcFile(id, name, mode)
{
    /// <inheritdoc/>
    public override int Open(Caller caller, bool canRead, out ProcOpenFile? open)
    {
        open = null;
        return tasks.MayInspect(caller, pid) ? base.Open(caller, canRead, out open) : -Errno.EACCES;
    }

    /// <inheritdoc/>
    public override int Show(ProcText text, Caller caller)
    {
        if (!tasks.TryReadMappings(pid, out IReadOnlyList<HostMapping> mappings))
            return -Errno.ESRCH;

        var entries = new List<VrangeEntry>();
        foreach (HostMapping mapping in mappings)
        {
            entries.Clear();
            mapping.File.Mapping.ListVranges(mapping.FirstPage, mapping.LastPage, entries);
            foreach (VrangeEntry entry in entries)
            {
                ulong start = mapping.Start + ((entry.First - mapping.FirstPage) << PageSize.Shift);
                ulong last = mapping.Start + ((entry.Last - mapping.FirstPage + 1) << PageSize.Shift) - 1;
                text.AddHex(start, 8).Add("-").AddHex(last, 8).Add(entry.Purged ? " p " : " v ")
                    .AddPath(mapping.File.Path()).EndLine();
            }
        }

        return 0;
    }
}
