using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Answers STATFS.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_statfs_out
{
    /// <summary>The numbers.</summary>
    public fuse_kstatfs st;
}
