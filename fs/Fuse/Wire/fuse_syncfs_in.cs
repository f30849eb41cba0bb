using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>SYNCFS.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_syncfs_in
{
    /// <summary>Not used; keeps the layout.</summary>
    public ulong padding;
}
