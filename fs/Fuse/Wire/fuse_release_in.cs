using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>RELEASE and RELEASEDIR.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_release_in
{
    /// <summary>The handle OPEN answered.</summary>
    public ulong fh;

    /// <summary>Flags of open(2).</summary>
    public uint flags;

    /// <summary>See <see cref="ReleaseFlags"/>.</summary>
    public uint release_flags;

    /// <summary>Who asks, as the owner of POSIX locks (obscured).</summary>
    public ulong lock_owner;
}
