using KernelModel.Mapping;

namespace ProcFs;

/// <summary>The files of the mount, as far as /proc speaks of them.</summary>
public interface IMountFiles
{
    /// <summary>Owner of the mount: sees every file's ranges (R16).</summary>
    uint OwnerUid { get; }

    /// <summary>The file that a mapping belongs to, or null for one that is going away.</summary>
    IMountFile? FileOf(AddressSpace mapping);

    /// <summary>Walks a path from the root of the mount with the caller's own rights (R14).</summary>
    /// <param name="path">The path.</param>
    /// <param name="caller">Whose rights.</param>
    /// <param name="file">The regular file.</param>
    /// <returns>0, a path error, -EACCES without write permission, -ESPIPE for a FIFO, -EBADF for what is no regular file.</returns>
    int ResolveForWrite(ReadOnlySpan<byte> path, Caller caller, out IMountFile? file);

    /// <summary>Whether the caller may write a file, 0 or -EACCES.</summary>
    int CheckWrite(IMountFile file, Caller caller);

    /// <summary>
    /// Writes back and drops the host's cached pages of a file. Blocks; not from a thread that serves requests.
    /// </summary>
    void DropHostCache(IMountFile file, ulong firstPage, ulong lastPage);
}
