using KernelModel.Mapping;

namespace ProcFs;

/// <summary>The processes of the host, as far as they use the mount. What ProcFs needs of the real machine.</summary>
public interface IHostTasks
{
    /// <summary>Processes that have files of the mount open or mapped, ascending.</summary>
    IReadOnlyList<int> Users();

    /// <summary>Whether a process has files of the mount open or mapped.</summary>
    bool IsUser(int pid);

    /// <summary>Owner of a live process, as /proc/PID has it.</summary>
    bool TryGetOwner(int pid, out uint uid, out uint gid);

    /// <summary>Whether the caller may look into a process: the ptrace-read check of /proc/PID/maps.</summary>
    bool MayInspect(Caller caller, int pid);

    /// <summary>
    /// The shared and private mappings of the mount's files that a process has, ascending. May take as long as the
    /// process keeps its address space locked: not from a thread that serves requests.
    /// </summary>
    /// <returns>False when the process is gone.</returns>
    bool TryReadMappings(int pid, out IReadOnlyList<HostMapping> mappings);
}

/// <summary>A VMA of a host process over a file of the mount.</summary>
/// <param name="Start">First address.</param>
/// <param name="End">End address, exclusive.</param>
/// <param name="FirstPage">Page of the file at <paramref name="Start"/>.</param>
/// <param name="File">The file.</param>
public readonly record struct HostMapping(ulong Start, ulong End, ulong FirstPage, IMountFile File)
{
    /// <summary>Page of the file at the last mapped address.</summary>
    public ulong LastPage => FirstPage + ((End - Start) >> PageSize.Shift) - 1;
}

/// <summary>A regular file of the mount.</summary>
public interface IMountFile
{
    /// <summary>Inode number.</summary>
    ulong Ino { get; }

    /// <summary>Its contents.</summary>
    AddressSpace Mapping { get; }

    /// <summary>Owner.</summary>
    uint Uid { get; }

    /// <summary>A path from the root of the mount, " (deleted)" behind it when it has no name any more.</summary>
    byte[] Path();
}
