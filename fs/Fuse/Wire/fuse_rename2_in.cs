using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>RENAME2; the old and the new name follow.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_rename2_in
{
    /// <summary>Directory of the new name.</summary>
    public ulong newdir;

    /// <summary>RENAME_NOREPLACE, RENAME_EXCHANGE, RENAME_WHITEOUT.</summary>
    public uint flags;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}
