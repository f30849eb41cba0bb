using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>READ, READDIR and READDIRPLUS.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_read_in
{
    /// <summary>The handle OPEN answered.</summary>
    public ulong fh;

    /// <summary>Where to start.</summary>
    public ulong offset;

    /// <summary>Bytes wanted.</summary>
    public uint size;

    /// <summary>See <see cref="ReadFlags"/>.</summary>
    public uint read_flags;

    /// <summary>Who asks, as the owner of POSIX locks (obscured).</summary>
    public ulong lock_owner;

    /// <summary>Flags of open(2).</summary>
    public uint flags;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}
