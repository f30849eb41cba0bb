using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>WRITE; the data follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_write_in
{
    /// <summary>The handle OPEN answered. A guess with FUSE_WRITE_CACHE.</summary>
    public ulong fh;

    /// <summary>Where to start.</summary>
    public ulong offset;

    /// <summary>Bytes that follow.</summary>
    public uint size;

    /// <summary>See <see cref="WriteFlags"/>.</summary>
    public uint write_flags;

    /// <summary>Who asks, as the owner of POSIX locks (obscured).</summary>
    public ulong lock_owner;

    /// <summary>Flags of open(2).</summary>
    public uint flags;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}
