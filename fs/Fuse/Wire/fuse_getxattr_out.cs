using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Answers GETXATTR and LISTXATTR that ask for the length.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_getxattr_out
{
    /// <summary>The length.</summary>
    public uint size;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}
