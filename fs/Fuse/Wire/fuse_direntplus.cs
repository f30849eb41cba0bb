using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>An entry of READDIRPLUS; the name follows, padded to 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_direntplus
{
    /// <summary>What LOOKUP would have answered.</summary>
    public fuse_entry_out entry_out;

    /// <summary>The entry.</summary>
    public fuse_dirent dirent;
}
