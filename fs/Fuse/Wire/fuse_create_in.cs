using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>CREATE and TMPFILE; the name follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_create_in
{
    /// <summary>Flags of open(2).</summary>
    public uint flags;

    /// <summary>File type and permission bits.</summary>
    public uint mode;

    /// <summary>The caller's umask.</summary>
    public uint umask;

    /// <summary>See <see cref="OpenInFlags"/>.</summary>
    public uint open_flags;
}
