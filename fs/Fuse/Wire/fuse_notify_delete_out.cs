using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>FUSE_NOTIFY_DELETE; the name follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_notify_delete_out
{
    /// <summary>The directory.</summary>
    public ulong parent;

    /// <summary>The node that had the name.</summary>
    public ulong child;

    /// <summary>Length of the name without its NUL.</summary>
    public uint namelen;

    /// <summary>Not used; keeps the layout.</summary>
    public uint padding;
}
