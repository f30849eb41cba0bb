using KernelModel.Vrange;

namespace KernelModel.Tasks;

internal sealed partial class TaskStruct
{
    /// <summary>fvrange(2) on a file that the task opens by name, with its own rights (R1, R2, R14).</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">First byte, page aligned.</param>
    /// <param name="length">Bytes, rounded down to pages.</param>
    /// <param name="mode">See <see cref="VrangeMode"/>.</param>
    /// <param name="behavior">See <see cref="VrangeBehavior"/>.</param>
    /// <returns>
    /// 1 when something unmarked had been purged, else 0; -ENOENT, -EACCES without the right to write, -EINVAL, or -ERESTARTSYS when
    /// <see cref="RestartBlock"/> has to end first (R12).
    /// </returns>
    public long Fvrange(string path, ulong offset, ulong length, uint mode, uint behavior)
    {
        if (Kernel.FileLookup?.Invoke(this, path) is not { } file)
            return -Errno.ENOENT;
        try
        {
            if (!file.Writable)
                return -Errno.EACCES;
            int error = FvrangeArguments.Check(offset, length, mode, behavior, out FvrangeArguments call);
            if (error < 0)
                return error;
            if (call.Mode == VrangeMode.Volatile)
            {
                file.Mapping.Mark(call.First, call.Last, call.Behavior);
                return 0;
            }

            RestartBlock = file.Mapping.TakeBack(call.First, call.Last);
            if (RestartBlock is not null)
                return -SyscallResult.ERESTARTSYS;
            return file.Mapping.Unmark(call.First, call.Last) ? 1 : 0;
        }
        finally
        {
            Kernel.Files.CloseIfUnmapped(file.Mapping);
        }
    }
}
