using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>One node of BATCH_FORGET.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_forget_one
{
    /// <summary>The node.</summary>
    public ulong nodeid;

    /// <summary>Lookups the kernel gives back.</summary>
    public ulong nlookup;
}
