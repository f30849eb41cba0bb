using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>GETXATTR and LISTXATTR.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_getxattr_in
{
    /// <summary>Room of the caller; 0 asks for the length.</summary>
    public uint size;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}
