using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Answers LSEEK.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_lseek_out
{
    /// <summary>What was found.</summary>
    public ulong offset;
}
