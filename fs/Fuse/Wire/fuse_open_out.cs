using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Answers OPEN, OPENDIR and, after the entry, CREATE.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_open_out
{
    /// <summary>Handle that later requests on this open file carry.</summary>
    public ulong fh;

    /// <summary>See <see cref="FOPEN"/>.</summary>
    public uint open_flags;

    /// <summary>Backing file of FOPEN_PASSTHROUGH.</summary>
    public int backing_id;
}
