using KernelModel.Mapping;

namespace ProcFs;

/// <summary>The processes of the host. What ProcFs needs of the real machine.</summary>
public interface IHostTasks
{
    /// <summary>
    /// Processes that have files of the mount open or mapped, ascending. Waits a bounded time for those that keep their address
    /// space locked, and leaves out what it could not learn.
    /// </summary>
    IReadOnlyList<int> Users();

    /// <summary>Owner of a live process, as /proc/PID has it. Waits for nothing.</summary>
    bool TryGetOwner(int pid, out uint uid, out uint gid);

    /// <summary>Finds a process and checks what somebody may do with it. Waits for nothing.</summary>
    /// <param name="pid">Its number now.</param>
    /// <param name="opener">Whose rights count, now and whenever it is used.</param>
    /// <param name="access">What he wants.</param>
    /// <param name="task">The process.</param>
    /// <returns>0, -ESRCH when there is none, or -EACCES.</returns>
    int Open(int pid, Caller opener, TaskAccess access, out IHostTask? task);

    /// <summary>
    /// The mappings of the mount's files that a thread has which is waiting in a request, ascending. Bounded as
    /// <see cref="IHostTask.ReadMappings"/> is.
    /// </summary>
    /// <returns>0, -ESRCH when it is not visible, or -EAGAIN when its address space stays locked.</returns>
    int ReadMappings(int threadId, out IReadOnlyList<HostMapping> mappings);
}

/// <summary>What somebody wants of a process.</summary>
public enum TaskAccess
{
    /// <summary>To look into it: the ptrace-read check of /proc/PID/maps (R40).</summary>
    Inspect,

    /// <summary>To reclaim from it, as its owner may (R30).</summary>
    Reclaim,
}

/// <summary>
/// A process of the host that somebody has opened: never another one that has its number later, and asked again for the right
/// once its credentials have changed, as the execution of a set-user-ID program changes them.
/// </summary>
public interface IHostTask
{
    /// <summary>
    /// The mappings of the mount's files that it has, ascending. Takes as long as the process keeps its address space locked,
    /// within a bound: not from a thread that serves requests.
    /// </summary>
    /// <returns>0, -ESRCH when it is gone, -EACCES when the right is, or -EAGAIN when the bound has passed.</returns>
    int ReadMappings(out IReadOnlyList<HostMapping> mappings);
}

/// <summary>A VMA of a host process over a file of the mount.</summary>
/// <param name="Start">First address.</param>
/// <param name="End">End address, exclusive.</param>
/// <param name="FirstPage">Page of the file at <paramref name="Start"/>.</param>
/// <param name="File">The file.</param>
/// <param name="MayPurge">
/// Whether the process could write the file: it was opened for writing before it was mapped (R33a). Told to who has opened it
/// for <see cref="TaskAccess.Reclaim"/>.
/// </param>
public readonly record struct HostMapping(ulong Start, ulong End, ulong FirstPage, IMountFile File, bool MayPurge = false)
{
    /// <summary>Page of the file at the last mapped address.</summary>
    public ulong LastPage => FirstPage + ((End - Start) >> PageSize.Shift) - 1;
}
