using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>FUSE_NOTIFY_INVAL_INODE.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_notify_inval_inode_out
{
    /// <summary>The node.</summary>
    public ulong ino;

    /// <summary>First byte; negative drops attributes only.</summary>
    public long off;

    /// <summary>Bytes; 0 or less goes to the end.</summary>
    public long len;
}
