using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>Extension with supplementary groups of the caller; the group ids follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_supp_groups
{
    /// <summary>Groups that follow.</summary>
    public uint nr_groups;
}
