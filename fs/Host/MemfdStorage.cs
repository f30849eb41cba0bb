using Fs.Tmpfs;
using KernelModel.Mapping;
using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>Bytes in memfds, one a file that has any: needs no right, but a descriptor for each.</summary>
internal sealed class MemfdStorage : IStorage
{
    /// <inheritdoc/>
    public IBackingStore? Create(ulong ino)
    {
        SafeFileHandle file = Libc.memfd_create("vrangefs", Libc.MFD_CLOEXEC);
        return file.IsInvalid ? null : new FileStore(file);
    }
}
