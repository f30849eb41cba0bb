using KernelModel.Mapping;

namespace KernelModel;

/// <summary>The memory of a task as somebody else reads and writes it through /proc/PID/mem.</summary>
public sealed partial class Machine
{
    // What is copied in one hold of the lock.
    private const int BytesAtOnce = 64 * PageSize.Bytes;

    /// <summary>
    /// Reads memory of a task, whatever its protection (fs/proc/base.c: mem_rw, FOLL_FORCE). Never waits for a user fault or a
    /// purge: such a page cannot be had.
    /// </summary>
    /// <param name="id">The task.</param>
    /// <param name="address">First byte.</param>
    /// <param name="destination">Where to.</param>
    /// <returns>Bytes before the first page that cannot be had, -EIO when there are none; 0 for a task without memory or gone.</returns>
    public int ReadMemory(TaskId id, ulong address, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            Span<byte> part = destination[done..];
            part = part[..Math.Min(part.Length, BytesAtOnce)];
            int read;
            bool isLow;
            lock (_kernel.SyncRoot)
            {
                if (Resolve(id) is not { Mm: { } mm } task)
                    return done;
                (long Minor, long Major) faults = (task.MinorFaults, task.MajorFaults);
                read = mm.Read(address + (ulong)done, part, force: true);
                (task.MinorFaults, task.MajorFaults) = faults; // mm/memory.c: mm_account_fault, they are the reader's
                isLow = _kernel.FreePages < _kernel.LowWatermark;
            }

            if (isLow)
                MemoryLow?.Invoke();
            done += Math.Max(read, 0);
            if (read < part.Length)
                return done > 0 ? done : -Errno.EIO;
        }

        return done;
    }

    /// <summary>
    /// Writes memory of a task, with the rules of <see cref="ReadMemory"/>; what is private and cannot be written gets a copy.
    /// </summary>
    /// <param name="id">The task.</param>
    /// <param name="address">First byte.</param>
    /// <param name="source">The bytes.</param>
    /// <returns>As <see cref="ReadMemory"/>.</returns>
    public int WriteMemory(TaskId id, ulong address, ReadOnlySpan<byte> source)
    {
        int done = 0;
        while (done < source.Length)
        {
            ReadOnlySpan<byte> part = source[done..];
            part = part[..Math.Min(part.Length, BytesAtOnce)];
            int written;
            bool isLow;
            lock (_kernel.SyncRoot)
            {
                if (Resolve(id) is not { Mm: { } mm } task)
                    return done;
                (long Minor, long Major) faults = (task.MinorFaults, task.MajorFaults);
                written = mm.Write(address + (ulong)done, part, force: true);
                (task.MinorFaults, task.MajorFaults) = faults;
                isLow = _kernel.FreePages < _kernel.LowWatermark;
            }

            if (isLow)
                MemoryLow?.Invoke();
            done += Math.Max(written, 0);
            if (written < part.Length)
                return done > 0 ? done : -Errno.EIO;
        }

        return done;
    }
}
