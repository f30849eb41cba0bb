namespace ProcFs;

/// <summary>
/// The host's own /proc. Paths are relative to it and are never followed through links. What is opened, read or listed is so with
/// the rights of who asks, as the kernel itself judges them, and within a bound: -EAGAIN when it has passed.
/// </summary>
public interface IHostProc
{
    /// <summary>What a name itself is. Waits for nothing.</summary>
    bool TryStat(string path, out HostAttributes attributes);

    /// <summary>Opens a file for reading.</summary>
    /// <returns>0 or the negative errno that the opener would get.</returns>
    int Open(string path, Caller opener, out IHostFile? file);

    /// <summary>What a link leads to, as text.</summary>
    /// <param name="path">The link.</param>
    /// <param name="reader">Who reads it; null is the daemon itself.</param>
    /// <param name="target">Where it leads.</param>
    /// <returns>0 or the negative errno that the reader would get.</returns>
    int ReadLink(string path, Caller? reader, out byte[] target);

    /// <summary>The names in a directory, without the dots.</summary>
    /// <param name="path">The directory; empty for /proc.</param>
    /// <param name="reader">Who lists it; null is the daemon itself.</param>
    /// <param name="names">Where they are added.</param>
    /// <returns>0 or the negative errno that the reader would get.</returns>
    int List(string path, Caller? reader, List<string> names);
}

/// <summary>A file of the host's /proc that somebody has opened: of that process and no other, with the rights he has had.</summary>
public interface IHostFile : IDisposable
{
    /// <summary>pread(2), as often as it takes to fill the destination.</summary>
    /// <returns>Bytes, 0 at the end, or a negative errno.</returns>
    int Read(long offset, Span<byte> destination);
}

/// <summary>What stat(2) shows of a name in the host's /proc.</summary>
/// <param name="Mode">Type and permissions.</param>
/// <param name="Uid">Owner.</param>
/// <param name="Gid">Group.</param>
/// <param name="Size">Open files, of a directory <c>fd</c>; else 0.</param>
public readonly record struct HostAttributes(uint Mode, uint Uid, uint Gid, long Size)
{
    private const uint S_IFMT = 0xF000;

    /// <summary>Whether it is a directory.</summary>
    public bool IsDirectory => (Mode & S_IFMT) == 0x4000;

    /// <summary>Whether it is a link.</summary>
    public bool IsLink => (Mode & S_IFMT) == 0xA000;
}
