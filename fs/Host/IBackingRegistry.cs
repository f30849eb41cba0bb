using Microsoft.Win32.SafeHandles;

namespace Fs.Host;

/// <summary>Where files are registered that the kernel reads and writes itself (FUSE_PASSTHROUGH).</summary>
internal interface IBackingRegistry
{
    /// <summary>Registers an open file; its number, or a negative errno.</summary>
    int Register(SafeFileHandle file);

    /// <summary>Gives a number back; what is open keeps what it uses.</summary>
    void Unregister(int id);
}
