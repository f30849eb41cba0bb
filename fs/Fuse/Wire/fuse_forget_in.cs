using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>FORGET.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_forget_in
{
    /// <summary>Lookups the kernel gives back.</summary>
    public ulong nlookup;
}
