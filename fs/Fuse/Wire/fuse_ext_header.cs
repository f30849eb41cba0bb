using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Starts an extension of a request.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_ext_header
{
    /// <summary>Length of the extension, this header included.</summary>
    public uint size;

    /// <summary>See <see cref="FuseExtensionType"/>.</summary>
    public uint type;
}
