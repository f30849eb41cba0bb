using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>MKDIR; the name follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_mkdir_in
{
    /// <summary>Permission bits.</summary>
    public uint mode;

    /// <summary>The caller's umask.</summary>
    public uint umask;
}
