using ProcFs.Nodes;

namespace ProcFs.Host;

/// <summary>
/// A link of the host's /proc. It shows where it leads, and is followed by that text: a magic link, to what has no name, cannot be
/// had here.
/// </summary>
internal sealed class HostLink(ulong id, string name, string path, IHostProc host, uint permissions)
    : ProcSymlink(id, name, permissions)
{
    /// <inheritdoc/>
    public override bool IsMagic => true;

    /// <inheritdoc/>
    public override int Read(Caller reader, out byte[] target) => host.ReadLink(path, reader, out target);
}
