using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>FLUSH: a descriptor of the file is closed.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_flush_in
{
    /// <summary>The handle OPEN answered.</summary>
    public ulong fh;

    /// <summary>Not used; keeps the layout.</summary>
    public uint unused;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;

    /// <summary>Who asks, as the owner of POSIX locks (obscured).</summary>
    public ulong lock_owner;
}
