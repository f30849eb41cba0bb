using Fs.Host;
using Fuse;
using Microsoft.Win32.SafeHandles;

namespace Fs.Mount;

/// <summary>Registers files with the kernel through the session of the mount.</summary>
internal sealed class SessionBackingRegistry(FuseSession session) : IBackingRegistry
{
    /// <inheritdoc/>
    public int Register(SafeFileHandle file) => session.BackingOpen((int)file.DangerousGetHandle());

    /// <inheritdoc/>
    public void Unregister(int id) => session.BackingClose(id);
}
