using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>RENAME; the old and the new name follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_rename_in
{
    /// <summary>Directory of the new name.</summary>
    public ulong newdir;
}
