using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>INTERRUPT.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_interrupt_in
{
    /// <summary>The request nobody waits for any more.</summary>
    public ulong unique;
}
