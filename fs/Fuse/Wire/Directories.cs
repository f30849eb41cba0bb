using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>An entry of READDIR; the name follows, padded to 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_dirent
{
    /// <summary>Inode number.</summary>
    public ulong ino;

    /// <summary>Where READDIR goes on after this entry.</summary>
    public ulong off;

    /// <summary>Length of the name.</summary>
    public uint namelen;

    /// <summary>DT_*.</summary>
    public uint type;
}

/// <summary>An entry of READDIRPLUS; the name follows, padded to 8 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_direntplus
{
    /// <summary>What LOOKUP would have answered.</summary>
    public fuse_entry_out entry_out;

    /// <summary>The entry.</summary>
    public fuse_dirent dirent;
}
