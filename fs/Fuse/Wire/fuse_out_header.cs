using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Starts every reply and every notification.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_out_header
{
    /// <summary>Length of the whole message, this header included.</summary>
    public uint len;

    /// <summary>0, a negative errno, or the code of a notification.</summary>
    public int error;

    /// <summary>The request this answers; 0 marks a notification.</summary>
    public ulong unique;
}
