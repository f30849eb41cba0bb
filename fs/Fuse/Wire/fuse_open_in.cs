using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>OPEN and OPENDIR.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_open_in
{
    /// <summary>Flags of open(2), without O_CREAT, O_EXCL and O_NOCTTY.</summary>
    public uint flags;

    /// <summary>See <see cref="OpenInFlags"/>.</summary>
    public uint open_flags;
}
