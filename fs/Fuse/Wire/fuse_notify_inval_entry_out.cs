using System.Runtime.InteropServices;

namespace Fuse;

/// <summary>FUSE_NOTIFY_INVAL_ENTRY; the name follows.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct fuse_notify_inval_entry_out
{
    /// <summary>The directory.</summary>
    public ulong parent;

    /// <summary>Length of the name without its NUL.</summary>
    public uint namelen;

    /// <summary>See <see cref="NotifyInvalEntryFlags"/>.</summary>
    public uint flags;
}
