using KernelModel.Mapping;
using KernelModel.Vrange;
using ProcFs.Nodes;

namespace ProcFs.Files;

/// <summary>/proc/PID/vrange of a host process: the ranges of the mount's files that it maps (R40-R42).</summary>
internal sealed class TaskVrangeFile(ulong id, string name, uint mode, int pid, IHostTasks tasks) : ProcFile(id, name, mode)
{
    /// <inheritdoc/>
    public override int Open(Caller opener, bool canRead, out ProcOpenFile? open)
    {
        open = null;
        int error = tasks.Open(pid, opener, TaskAccess.Inspect, out IHostTask? task);
        if (error == 0)
            open = new ShownFile(text => Show(text, task!), static _ => -Errno.EIO);
        return error;
    }

    private static int Show(ProcText text, IHostTask task)
    {
        int error = task.ReadMappings(out IReadOnlyList<HostMapping> mappings);
        if (error < 0)
            return error;

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
                    .AddMapsPath(mapping.File).EndLine();
            }
        }

        return 0;
    }
}
