using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>LINK; the new name follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_link_in
{
    /// <summary>The node that gets another name.</summary>
    public ulong oldnodeid;
}
